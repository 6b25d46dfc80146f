# Sets WARPGAUGE_WITH_CUDA from WARPGAUGE_CUDA and from whether nvcc is installed. A status line says why.

set(WARPGAUGE_WITH_CUDA OFF)
if(WARPGAUGE_COMPARE_ONLY)
  message(STATUS "CUDA: disabled, only compare is built")
  return()
endif()
if(NOT WARPGAUGE_CUDA MATCHES "^(AUTO|ON|OFF)$")
  message(FATAL_ERROR "WARPGAUGE_CUDA is '${WARPGAUGE_CUDA}'; use AUTO, ON or OFF")
endif()
if(WARPGAUGE_CUDA STREQUAL OFF)
  message(STATUS "CUDA: disabled by WARPGAUGE_CUDA=OFF")
  return()
endif()

if(NOT CMAKE_CUDA_ARCHITECTURES)
  set(CMAKE_CUDA_ARCHITECTURES 80-real 89-real 90a-real)
endif()
include(CheckLanguage)
check_language(CUDA)
if(NOT CMAKE_CUDA_COMPILER)
  if(WARPGAUGE_CUDA STREQUAL ON)
    message(FATAL_ERROR "WARPGAUGE_CUDA=ON, but nvcc was not found; install the CUDA toolkit, or use AUTO")
  endif()
  message(STATUS "CUDA: disabled, nvcc was not found. kernels/cuda is not built and its tests are omitted")
  return()
endif()

enable_language(CUDA)
include(WarpgaugeCudaArchitectures)
warpgauge_cuda_architectures(CMAKE_CUDA_ARCHITECTURES "${CMAKE_CUDA_ARCHITECTURES}" "${CMAKE_CUDA_ARCHITECTURES_NATIVE}")
find_package(CUDAToolkit REQUIRED)
set(WARPGAUGE_WITH_CUDA ON)
message(STATUS "CUDA: ${CMAKE_CUDA_COMPILER_VERSION}, architectures ${CMAKE_CUDA_ARCHITECTURES}")

# CMake 3.25 does not support C++20 for nvcc 13, so the flag is set directly. It replaces CMAKE_CUDA_STANDARD.
target_compile_options(warpgauge_build INTERFACE
    $<$<COMPILE_LANGUAGE:CUDA>:-std=c++20 --expt-relaxed-constexpr>
    "$<$<COMPILE_LANGUAGE:CUDA>:SHELL:-Xcompiler=-Wall,-Wextra>"
    "$<$<AND:$<COMPILE_LANGUAGE:CUDA>,$<BOOL:${WARPGAUGE_WERROR}>>:SHELL:-Werror=all-warnings -Xcompiler=-Werror>"
    "$<$<COMPILE_LANGUAGE:CUDA>:SHELL:-Xcompiler=-ffile-prefix-map=${PROJECT_SOURCE_DIR}/=>")

# For reproducible builds. nvcc derives names with internal linkage from the full path of the source, and names of temporary
# files from its process ID. The options below replace both: the path inside the tree, and temporary files beside the object.
# The first option is undocumented. If nvcc refuses it, builds are reproducible only within one folder.
target_compile_options(warpgauge_build INTERFACE $<$<COMPILE_LANGUAGE:CUDA>:-objtemp>)
include(CheckCompilerFlag)
check_compiler_flag(CUDA "-Xcudafe=--orig_src_path_name=a.cu -Xcicc=--orig_src_path_name=a.cu" WARPGAUGE_NVCC_TAKES_A_PATH)

# Call it after all targets are defined. The option differs per source, so it is a property of the source.
function(warpgauge_set_cuda_source_paths folder)
  if(NOT WARPGAUGE_NVCC_TAKES_A_PATH)
    return()
  endif()
  get_property(subfolders DIRECTORY ${folder} PROPERTY SUBDIRECTORIES)
  foreach(subfolder IN LISTS subfolders)
    warpgauge_set_cuda_source_paths(${subfolder})
  endforeach()
  get_property(targets DIRECTORY ${folder} PROPERTY BUILDSYSTEM_TARGETS)
  foreach(target IN LISTS targets)
    get_target_property(sources ${target} SOURCES)
    list(FILTER sources INCLUDE REGEX "\\.cu$")
    foreach(source IN LISTS sources)
      cmake_path(ABSOLUTE_PATH source BASE_DIRECTORY ${folder} NORMALIZE)
      cmake_path(RELATIVE_PATH source BASE_DIRECTORY ${PROJECT_SOURCE_DIR} OUTPUT_VARIABLE path)
      set_property(SOURCE ${source} TARGET_DIRECTORY ${target} PROPERTY COMPILE_OPTIONS
                   -Xcudafe=--orig_src_path_name=${path} -Xcicc=--orig_src_path_name=${path})
    endforeach()
  endforeach()
endfunction()
