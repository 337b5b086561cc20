# SPDX-License-Identifier: GPL-3.0-or-later
# oodscope_program(NAME name SOURCES … LIBS …): target `name` is the launcher bin/name, target `name-program` the program itself.
function(oodscope_program)
  cmake_parse_arguments(ARG "" "NAME" "SOURCES;LIBS" ${ARGN})
  add_executable(${ARG_NAME}-program ${ARG_SOURCES})
  target_link_libraries(${ARG_NAME}-program PRIVATE ${ARG_LIBS})
  add_executable(${ARG_NAME} ${PROJECT_SOURCE_DIR}/app/launcher/launcher.cpp)
  target_link_libraries(${ARG_NAME} PRIVATE oodscope::compiler)
  add_dependencies(${ARG_NAME} ${ARG_NAME}-program)
  # A component a program: the command line can be installed without Qt and VTK.
  install(TARGETS ${ARG_NAME} ${ARG_NAME}-program RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT ${ARG_NAME})
endfunction()
