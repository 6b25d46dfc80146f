# What we build on: the distribution's packages first; elsewhere their sources, each pinned to a commit (a tag can move).
include(FetchContent)

find_package(Threads REQUIRED)

FetchContent_Declare(CLI11 GIT_REPOSITORY https://github.com/CLIUtils/CLI11.git
                     GIT_TAG 291c58789c031208f08f4f261a858b5b7083e8e2  # v2.3.2
                     FIND_PACKAGE_ARGS NAMES CLI11)
FetchContent_Declare(nlohmann_json GIT_REPOSITORY https://github.com/nlohmann/json.git
                     GIT_TAG 9cca280a4d0ccf0c08f47a99aa71d1b0e52f8d03  # v3.11.3
                     FIND_PACKAGE_ARGS NAMES nlohmann_json)
FetchContent_Declare(fmt GIT_REPOSITORY https://github.com/fmtlib/fmt.git
                     GIT_TAG a33701196adfad74917046096bf5a2aa0ab0bb50  # 9.1.0
                     FIND_PACKAGE_ARGS 8)
FetchContent_MakeAvailable(CLI11 nlohmann_json fmt)

set(RE2_BUILD_TESTING OFF)
FetchContent_Declare(re2 GIT_REPOSITORY https://github.com/google/re2.git
                     GIT_TAG 3a8436ac436124a57a4e22d5c8713a2d42b381d7  # 2023-03-01, the last without Abseil
                     FIND_PACKAGE_ARGS)
FetchContent_MakeAvailable(re2)

find_library(EXPAT_LIBRARY NAMES libexpat.a expat)  # the archive: an installed compare then needs no package
foreach(option IN ITEMS BUILD_TOOLS BUILD_EXAMPLES BUILD_TESTS BUILD_DOCS SHARED_LIBS ENABLE_INSTALL)
  set(EXPAT_${option} OFF)
endforeach()
FetchContent_Declare(EXPAT GIT_REPOSITORY https://github.com/libexpat/libexpat.git
                     GIT_TAG f9a3eeb3e09fbea04b1c451ffc422ab2f1e45744  # R_2_7_1
                     SOURCE_SUBDIR expat
                     FIND_PACKAGE_ARGS 2.4)  # before 2.4, nothing bounds the expansion of entities
FetchContent_MakeAvailable(EXPAT)
if(NOT TARGET EXPAT::EXPAT)
  add_library(EXPAT::EXPAT ALIAS expat)
endif()

# Boost.Math is header only, and stands alone from 1.76 on: the fallback needs nothing else of Boost.
FetchContent_Declare(Boost GIT_REPOSITORY https://github.com/boostorg/math.git
                     GIT_TAG 44af29a78c85ee89ce37f7f43d532afd05c3d981  # boost-1.84.0
                     FIND_PACKAGE_ARGS 1.74)
FetchContent_MakeAvailable(Boost)
if(NOT TARGET Boost::headers)
  add_library(Boost::headers ALIAS boost_math)
endif()

if(NOT WARPGAUGE_COMPARE_ONLY)
  find_package(OpenMP REQUIRED COMPONENTS CXX)

  set(BENCHMARK_ENABLE_TESTING OFF)
  set(BENCHMARK_ENABLE_INSTALL OFF)
  FetchContent_Declare(benchmark GIT_REPOSITORY https://github.com/google/benchmark.git
                       GIT_TAG 344117638c8ff7e239044fd0fa7085839fc03021  # v1.8.3
                       FIND_PACKAGE_ARGS 1.7 NAMES benchmark)  # 1.6 (Ubuntu 22.04) knows no --benchmark_min_warmup_time
  FetchContent_MakeAvailable(benchmark)

  include(WarpgaugeOpenBlas)
endif()

if(WARPGAUGE_TESTS OR NOT WARPGAUGE_COMPARE_ONLY)  # the fuzzer is a GoogleTest binary
  set(INSTALL_GTEST OFF)
  FetchContent_Declare(googletest GIT_REPOSITORY https://github.com/google/googletest.git
                       GIT_TAG f8d7d77c06936315286eb55f8de22cd23c188571  # v1.14.0
                       FIND_PACKAGE_ARGS NAMES GTest)
  FetchContent_MakeAvailable(googletest)
endif()
