# The libFuzzer targets. They are always clang's, whatever compiles the rest, because libFuzzer is part of clang, so their
# commands are custom. ci/fuzz-compare.sh runs them for a given time. ctest runs the first one for five seconds; the two others
# take minutes to compile, and are built only on demand: ctest replays their inputs without libFuzzer (CMakeLists.txt).
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
              "-I$<JOIN:$<TARGET_PROPERTY:EXPAT::EXPAT,INTERFACE_INCLUDE_DIRECTORIES>,;-I>"
              "-I$<JOIN:$<TARGET_PROPERTY:nlohmann_json::nlohmann_json,INTERFACE_INCLUDE_DIRECTORIES>,;-I>"
              -MD -MF ${object}.d -c ${source} -o ${object}
      DEPENDS ${source} DEPFILE ${object}.d COMMAND_EXPAND_LISTS VERBATIM)
  set(objects ${objects} ${object} PARENT_SCOPE)
endfunction()
function(fuzz_objects folder)
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
  set(objects ${objects} PARENT_SCOPE)
endfunction()
foreach(folder IN ITEMS base compare/statistics compare/input compare/decide)
  fuzz_objects(${folder})
endforeach()
set(readers ${objects})
set(objects "")
foreach(folder IN ITEMS compare/baseline compare/ab compare/report compare/commands)
  fuzz_objects(${folder})
endforeach()
set(others ${objects})
set(library ${built}/libcompare.a)
add_custom_command(OUTPUT ${library} COMMAND ${CMAKE_COMMAND} -E rm -f ${library}
                   COMMAND ${CMAKE_AR} rcs ${library} ${readers} ${others} DEPENDS ${readers} ${others} VERBATIM)
add_custom_target(compare_fuzzed DEPENDS ${library})

# Finds go to the build folder; the seeds are the test data.
set(testdata ${PROJECT_SOURCE_DIR}/tests/testdata)
# Links the objects or libraries ARGN.
function(fuzz_target name)
  fuzz_object(${name}_fuzz ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/${name}_fuzz.cc)
  set(own ${built}/${name}_fuzz.o)
  if(name STREQUAL output)
    list(APPEND own ${built}/output_checks.o)
  endif()
  set(binary ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/compare_${name}_fuzz)
  add_custom_command(
      OUTPUT ${binary}
      COMMAND ${WARPGAUGE_FUZZING_COMPILER} ${instrumented} ${own} ${ARGN} $<TARGET_FILE:re2::re2>
              $<TARGET_FILE:fmt::fmt> $<TARGET_FILE:EXPAT::EXPAT> -pthread -o ${binary}
      DEPENDS ${own} ${ARGN} COMMENT "Linking compare_${name}_fuzz" VERBATIM)
  add_custom_target(compare_${name}_fuzz DEPENDS ${binary})
endfunction()
fuzz_object(output_checks ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/output_checks.cc)
fuzz_target(input ${readers})
fuzz_target(stored ${library})
fuzz_target(output ${library})
add_dependencies(compare_stored_fuzz compare_fuzzed)
add_dependencies(compare_output_fuzz compare_fuzzed)

add_custom_target(compare_input_fuzz_by_default ALL)
add_dependencies(compare_input_fuzz_by_default compare_input_fuzz)
file(MAKE_DIRECTORY ${built}/input_corpus)
add_test(NAME compare.InputFuzz.FiveSeconds
         COMMAND ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/compare_input_fuzz -max_total_time=5 -timeout=5 -rss_limit_mb=2048
                 -max_len=65536 -verbosity=0 ${built}/input_corpus ${testdata}/input ${testdata}/input/invalid)
set_tests_properties(compare.InputFuzz.FiveSeconds PROPERTIES LABELS compare TIMEOUT 120 WORKING_DIRECTORY ${built})
