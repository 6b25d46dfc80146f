# The libFuzzer targets. They are always clang's, whatever compiles the rest, because libFuzzer is part of clang, so their
# commands are custom. ci/fuzz-compare.sh runs them for a given time.
#
#   compare_input_fuzz   the readers of results and policies
#   compare_stored_fuzz  the readers of baselines, run records, comparisons and timelines, and what is computed from them
#   compare_output_fuzz  all output of compare: nothing foreign in it has an effect

find_program(WARPGAUGE_FUZZING_COMPILER NAMES clang++ clang++-18 clang++-17 clang++-16 clang++-15 clang++-14)
if(NOT WARPGAUGE_FUZZING_COMPILER)
  message(STATUS "compare_*_fuzz: disabled, clang++ was not found")
  return()
endif()

set(instrumented -fsanitize=fuzzer,address,undefined,float-cast-overflow -fno-sanitize-recover=all)
# Eight sources of a folder at once: most of the time goes into headers that all of them include.
set(batch_size 8)
set(objects "")
set(built ${CMAKE_CURRENT_BINARY_DIR}/fuzz)
file(MAKE_DIRECTORY ${built})
function(fuzz_object name source)
  set(object ${built}/${name}.o)
  add_custom_command(
      OUTPUT ${object}
      COMMAND ${WARPGAUGE_FUZZING_COMPILER} -std=c++20 -O1 -g1 ${instrumented} -I${PROJECT_SOURCE_DIR}
              "-I$<JOIN:$<TARGET_PROPERTY:re2::re2,INTERFACE_INCLUDE_DIRECTORIES>,;-I>"
              "-I$<JOIN:$<TARGET_PROPERTY:fmt::fmt,INTERFACE_INCLUDE_DIRECTORIES>,;-I>"
              "-I$<JOIN:$<TARGET_PROPERTY:nlohmann_json::nlohmann_json,INTERFACE_INCLUDE_DIRECTORIES>,;-I>"
              -MD -MF ${object}.d -c ${source} -o ${object}
      DEPENDS ${source} DEPFILE ${object}.d COMMAND_EXPAND_LISTS VERBATIM)
  set(objects ${objects} ${object} PARENT_SCOPE)
endfunction()
foreach(folder IN ITEMS base compare/statistics compare/input compare/decide compare/baseline compare/ab compare/report
                        compare/commands)
  file(GLOB of_folder CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.cc)
  string(REPLACE "/" "_" name ${folder})
  set(batch 0)
  while(of_folder)
    list(SUBLIST of_folder 0 ${batch_size} some)
    list(REMOVE_ITEM of_folder ${some})
    list(TRANSFORM some REPLACE "(.+)" "#include \"\\1\"")
    list(JOIN some "\n" text)
    set(unity ${built}/${name}_${batch}.cc)
    file(CONFIGURE OUTPUT ${unity} CONTENT "${text}\n" @ONLY)
    fuzz_object(${name}_${batch} ${unity})
    math(EXPR batch "${batch} + 1")
  endwhile()
endforeach()
set(library ${built}/libcompare.a)
add_custom_command(OUTPUT ${library} COMMAND ${CMAKE_COMMAND} -E rm -f ${library} COMMAND ${CMAKE_AR} rcs ${library} ${objects}
                   DEPENDS ${objects} VERBATIM)
add_custom_target(compare_fuzzed DEPENDS ${library})

# Finds go to the build folder; the seeds are the test data.
set(testdata ${PROJECT_SOURCE_DIR}/tests/testdata)
function(fuzz_target name test)
  fuzz_object(${name}_fuzz ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/${name}_fuzz.cc)
  set(own ${built}/${name}_fuzz.o)
  if(name STREQUAL output)
    list(APPEND own ${built}/output_checks.o)
  endif()
  set(binary ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/compare_${name}_fuzz)
  add_custom_command(
      OUTPUT ${binary}
      COMMAND ${WARPGAUGE_FUZZING_COMPILER} ${instrumented} ${own} ${library} $<TARGET_FILE:re2::re2>
              $<TARGET_FILE:fmt::fmt> -pthread -o ${binary}
      DEPENDS ${own} ${library} compare_fuzzed COMMENT "Linking compare_${name}_fuzz" VERBATIM)
  add_custom_target(compare_${name}_fuzz ALL DEPENDS ${binary})
  file(MAKE_DIRECTORY ${built}/${name}_corpus)
  add_test(NAME compare.${test}.FiveSeconds
           COMMAND ${binary} -max_total_time=5 -timeout=5 -rss_limit_mb=2048 -max_len=65536 -verbosity=0
                   ${built}/${name}_corpus ${ARGN})
  set_tests_properties(compare.${test}.FiveSeconds PROPERTIES LABELS compare TIMEOUT 120 WORKING_DIRECTORY ${built})
endfunction()
fuzz_object(output_checks ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/output_checks.cc)
fuzz_target(input InputFuzz ${testdata}/input ${testdata}/input/invalid)
fuzz_target(stored StoredFuzz ${testdata}/stored)
fuzz_target(output OutputFuzz ${testdata}/output)
