# SPDX-License-Identifier: GPL-3.0-or-later
# Language level, warnings and sanitizers, carried by one interface target that every target of the project links.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_AUTOGEN_ORIGIN_DEPENDS OFF) # moc needs no library to be built first
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

# Several sources in one compilation halve the processor time of a build from nothing; one alone is quicker after an edit.
if(OODSCOPE_UNITY_BUILD)
  set(CMAKE_UNITY_BUILD ON)
  set(CMAKE_UNITY_BUILD_BATCH_SIZE 32)
endif()

# oodscope_wires(TARGET…): code that wires and asks, where an optimiser's work would be waited for and never felt. Not for what
# computes, paints or follows a hand: analysis, inference, widgets, app/sources, app/live and app/studies are optimised whole.
# (Less optimised, GCC 12 takes members of std::variant for unset that are set.)
function(oodscope_wires)
  foreach(target ${ARGN})
    target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1> -Wno-maybe-uninitialized)
  endforeach()
endfunction()

# oodscope_tests(TARGET…): what is run once and thrown away; the code under test is optimised as it ships.
function(oodscope_tests)
  foreach(target ${ARGN})
    target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O0>)
  endforeach()
endfunction()

# Sixty test programs are linked; gold, where binutils has it, takes a fifth of the usual linker's time.
include(CheckLinkerFlag)
check_linker_flag(CXX -fuse-ld=gold OODSCOPE_HAS_GOLD)
if(OODSCOPE_HAS_GOLD)
  add_link_options(-fuse-ld=gold)
endif()

find_program(OODSCOPE_CCACHE ccache)
if(OODSCOPE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${OODSCOPE_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${OODSCOPE_CCACHE})
endif()

add_library(oodscope_compiler INTERFACE)
add_library(oodscope::compiler ALIAS oodscope_compiler)
target_include_directories(oodscope_compiler INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(oodscope_compiler INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wcast-align -Woverloaded-virtual
  -Wdouble-promotion -Wformat=2 -Werror)
if(OODSCOPE_SANITIZER STREQUAL "address")
  set(_san -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
elseif(OODSCOPE_SANITIZER STREQUAL "thread")
  set(_san -fsanitize=thread -fno-omit-frame-pointer)
elseif(NOT OODSCOPE_SANITIZER STREQUAL "none")
  message(FATAL_ERROR "OODSCOPE_SANITIZER is '${OODSCOPE_SANITIZER}'; expected none, address or thread")
endif()
if(_san)
  # GCC 12 reports impossible overflows inside the standard library once sanitizers keep its branches alive.
  target_compile_options(oodscope_compiler INTERFACE ${_san} -Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-array-bounds)
  target_link_options(oodscope_compiler INTERFACE ${_san})
endif()
if(OODSCOPE_COVERAGE)
  target_compile_options(oodscope_compiler INTERFACE --coverage)
  target_link_options(oodscope_compiler INTERFACE --coverage)
endif()
