# compare_input_fuzz: the readers under libFuzzer. It is always clang's, whatever compiles the rest, because libFuzzer
# is part of clang, so its commands are custom. ci/fuzz-compare.sh runs it for a given time.

find_program(WARPGAUGE_FUZZING_COMPILER NAMES clang++ clang++-18 clang++-17 clang++-16 clang++-15 clang++-14)
if(NOT WARPGAUGE_FUZZING_COMPILER)
  message(STATUS "compare_input_fuzz: disabled, clang++ was not found")
  return()
endif()

file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/base/*.cc ${PROJECT_SOURCE_DIR}/compare/input/*.cc
     ${PROJECT_SOURCE_DIR}/compare/decide/case_names.cc ${PROJECT_SOURCE_DIR}/compare/decide/identity.cc
     ${PROJECT_SOURCE_DIR}/compare/decide/match.cc
     ${PROJECT_SOURCE_DIR}/compare/decide/policy.cc)
list(FILTER sources EXCLUDE REGEX "/base/flag_")  # no reader has a command line
set(instrumented -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all)
# Eight sources of a folder at once: most of the time goes into headers that all of them include.
set(batch_size 8)
set(objects "")
function(fuzz_object name source)
  set(object ${CMAKE_CURRENT_BINARY_DIR}/input_fuzz/${name}.o)
  add_custom_command(
      OUTPUT ${object}
      COMMAND ${WARPGAUGE_FUZZING_COMPILER} -std=c++20 -O1 -g ${instrumented} -I${PROJECT_SOURCE_DIR}
              "-I$<JOIN:$<TARGET_PROPERTY:re2::re2,INTERFACE_INCLUDE_DIRECTORIES>,;-I>"
              "-I$<JOIN:$<TARGET_PROPERTY:fmt::fmt,INTERFACE_INCLUDE_DIRECTORIES>,;-I>" -MD -MF ${object}.d -c ${source} -o ${object}
      DEPENDS ${source} DEPFILE ${object}.d COMMAND_EXPAND_LISTS VERBATIM)
  set(objects ${objects} ${object} PARENT_SCOPE)
endfunction()
foreach(folder IN ITEMS base compare/input compare/decide)
  set(of_folder ${sources})
  list(FILTER of_folder INCLUDE REGEX "^${PROJECT_SOURCE_DIR}/${folder}/")
  string(REPLACE "/" "_" name ${folder})
  set(batch 0)
  while(of_folder)
    list(SUBLIST of_folder 0 ${batch_size} some)
    list(REMOVE_ITEM of_folder ${some})
    list(TRANSFORM some REPLACE "(.+)" "#include \"\\1\"")
    list(JOIN some "\n" text)
    set(unity ${CMAKE_CURRENT_BINARY_DIR}/input_fuzz/${name}_${batch}.cc)
    file(CONFIGURE OUTPUT ${unity} CONTENT "${text}\n" @ONLY)
    fuzz_object(${name}_${batch} ${unity})
    math(EXPR batch "${batch} + 1")
  endwhile()
endforeach()
fuzz_object(input_fuzz ${CMAKE_CURRENT_SOURCE_DIR}/input_fuzz.cc)
file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/input_fuzz ${CMAKE_CURRENT_BINARY_DIR}/input_fuzz_corpus)

set(binary ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/compare_input_fuzz)
add_custom_command(
    OUTPUT ${binary}
    COMMAND ${WARPGAUGE_FUZZING_COMPILER} ${instrumented} ${objects} $<TARGET_FILE:re2::re2> $<TARGET_FILE:fmt::fmt> -pthread -o ${binary}
    DEPENDS ${objects} COMMENT "Linking compare_input_fuzz" VERBATIM)
add_custom_target(compare_input_fuzz ALL DEPENDS ${binary})

# Finds go to the build folder; the seeds are the test data.
set(testdata ${PROJECT_SOURCE_DIR}/tests/testdata/input)
add_test(NAME compare.InputFuzz.FiveSeconds
         COMMAND ${binary} -max_total_time=5 -timeout=5 -rss_limit_mb=2048 -max_len=65536 -verbosity=0
                 ${CMAKE_CURRENT_BINARY_DIR}/input_fuzz_corpus ${testdata} ${testdata}/invalid)
set_tests_properties(compare.InputFuzz.FiveSeconds PROPERTIES
                     LABELS compare TIMEOUT 120 WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/input_fuzz)
