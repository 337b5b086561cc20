# SPDX-License-Identifier: GPL-3.0-or-later
# Run after a test program was built: writes OUT, one CTest entry a test suite of PROGRAM (names with blanks: none). A program of
# LibTorch takes half a second to start, which an entry a case would pay two thousand times.
# Variables: PROGRAM, RUNNER, OUT, LABEL, TIMEOUT, FOLDER (where tests run).
execute_process(COMMAND "${PROGRAM}" --gtest_list_tests OUTPUT_VARIABLE listing RESULT_VARIABLE result TIMEOUT 60)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} does not list its tests: ${result}")
endif()
string(REGEX REPLACE "#[^\n]*" "" listing "${listing}") # what values parameters have
string(REPLACE ";" "," listing "${listing}")
string(REPLACE "\n" ";" lines "${listing}")
set(text "")
foreach(line IN LISTS lines)
  if(NOT line MATCHES "DISABLED_" AND line MATCHES "^([^ ]+)\\.[ ]*$")
    set(suite "${CMAKE_MATCH_1}")
    string(APPEND text "add_test([==[${suite}]==] [==[${RUNNER}]==] [==[${PROGRAM}]==] [==[${suite}.*]==])\n"
                       "set_tests_properties([==[${suite}]==] PROPERTIES LABELS [==[${LABEL}]==] TIMEOUT ${TIMEOUT} "
                       "SKIP_RETURN_CODE 77 WORKING_DIRECTORY [==[${FOLDER}]==])\n")
  endif()
endforeach()
if(text STREQUAL "")
  message(FATAL_ERROR "${PROGRAM} has no tests")
endif()
file(WRITE "${OUT}" "${text}")
