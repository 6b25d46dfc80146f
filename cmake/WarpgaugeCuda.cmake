# Decides WARPGAUGE_WITH_CUDA from WARPGAUGE_CUDA and from whether nvcc is here, and says which it was and why.

set(WARPGAUGE_WITH_CUDA OFF)
if(WARPGAUGE_COMPARE_ONLY)
  message(STATUS "CUDA: left out, compare only")
  return()
endif()
if(NOT WARPGAUGE_CUDA MATCHES "^(AUTO|ON|OFF)$")
  message(FATAL_ERROR "WARPGAUGE_CUDA is '${WARPGAUGE_CUDA}'; it takes AUTO, ON or OFF")
endif()
if(WARPGAUGE_CUDA STREQUAL OFF)
  message(STATUS "CUDA: left out, WARPGAUGE_CUDA=OFF")
  return()
endif()

if(NOT CMAKE_CUDA_ARCHITECTURES)
  set(CMAKE_CUDA_ARCHITECTURES 80-real 89-real 90a-real)
endif()
include(CheckLanguage)
check_language(CUDA)
if(NOT CMAKE_CUDA_COMPILER)
  if(WARPGAUGE_CUDA STREQUAL ON)
    message(FATAL_ERROR "WARPGAUGE_CUDA=ON, but there is no nvcc; install the CUDA toolkit, or use AUTO")
  endif()
  message(STATUS "CUDA: left out, no nvcc here (kernels/cuda is not built; its tests do not exist)")
  return()
endif()

enable_language(CUDA)
find_package(CUDAToolkit REQUIRED)
set(WARPGAUGE_WITH_CUDA ON)
message(STATUS "CUDA: ${CMAKE_CUDA_COMPILER_VERSION}, architectures ${CMAKE_CUDA_ARCHITECTURES}")

# CMake 3.25 knows no C++20 dialect for nvcc 13, hence the flag by hand. It replaces CMAKE_CUDA_STANDARD.
target_compile_options(warpgauge_build INTERFACE
    $<$<COMPILE_LANGUAGE:CUDA>:-std=c++20 --expt-relaxed-constexpr>
    "$<$<COMPILE_LANGUAGE:CUDA>:SHELL:-Xcompiler=-Wall,-Wextra>"
    "$<$<AND:$<COMPILE_LANGUAGE:CUDA>,$<BOOL:${WARPGAUGE_WERROR}>>:SHELL:-Werror=all-warnings -Xcompiler=-Werror>"
    "$<$<COMPILE_LANGUAGE:CUDA>:SHELL:-Xcompiler=-ffile-prefix-map=${PROJECT_SOURCE_DIR}/=>")

# nvcc names what has internal linkage after a hash of the source's full path, and its temporary files after its process.
# Told the path inside the tree, and to keep the files beside the object, it makes two builds equal bit by bit, wherever
# they were made. The first is no documented option: where nvcc does not take it, builds are equal in one folder only.
target_compile_options(warpgauge_build INTERFACE $<$<COMPILE_LANGUAGE:CUDA>:-objtemp>)
include(CheckCompilerFlag)
check_compiler_flag(CUDA "-Xcudafe=--orig_src_path_name=a.cu -Xcicc=--orig_src_path_name=a.cu" WARPGAUGE_NVCC_TAKES_A_PATH)

# Called once all targets stand: an option that differs by source is a property of the source.
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
