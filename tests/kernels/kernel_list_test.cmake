# Configures a small project with WarpgaugeKernelList. A correct list must configure. A missing source file, an invalid
# name and an unlisted source file must fail with a message that contains the name.
file(REMOVE_RECURSE ${WORK_DIR})
file(WRITE ${WORK_DIR}/src/cpu/one.cc "int one;\n")
file(WRITE ${WORK_DIR}/src/CMakeLists.txt "
cmake_minimum_required(VERSION 3.25)
project(list LANGUAGES CXX)
set(WARPGAUGE_WITH_CUDA OFF)
add_library(kernels STATIC cpu/one.cc)
include(${SOURCE_DIR}/cmake/WarpgaugeKernelList.cmake)
warpgauge_add_kernels(kernels \${LISTED})
")

function(configure name listed expected_text)
  execute_process(COMMAND ${CMAKE_COMMAND} -S ${WORK_DIR}/src -B ${WORK_DIR}/${name} -DLISTED=${listed}
                  RESULT_VARIABLE result ERROR_VARIABLE error OUTPUT_QUIET)
  if(expected_text STREQUAL "" AND NOT result EQUAL 0)
    message(FATAL_ERROR "${name}: expected success, got: ${error}")
  endif()
  string(REGEX REPLACE "[ \n]+" " " error "${error}")
  if(NOT expected_text STREQUAL "" AND (result EQUAL 0 OR NOT error MATCHES "${expected_text}"))
    message(FATAL_ERROR "${name}: expected failure with '${expected_text}', got exit code ${result} and: ${error}")
  endif()
endfunction()

configure(right "cpu/one" "")
configure(missing "cpu/one\\;cpu/two" "lists 'cpu/two', but kernels/cpu/two.cc does not exist")
configure(misspelt "cpu/one\\;gpu/one" "'gpu/one' is not cpu/NAME, cuda/NAME or cuda/NAME")
file(WRITE ${WORK_DIR}/src/cpu/three.cc "int three;\n")
configure(unlisted "cpu/one" "not in the list of kernels/CMakeLists.txt: cpu/three.cc")
