# Tests of the sm_90a primitives, and of a kernel that uses them.
foreach(test IN ITEMS hopper_primitives tma_primitives wgmma_primitives mbarrier_findings tma_findings wgmma_findings
                      wgmma_register_findings)
  warpgauge_test(simt_${test}_test LABEL simt SOURCES ${test}_test.cc
                 LIBS warpgauge::kernels warpgauge::simt warpgauge::simt_kernel)
endforeach()

add_library(simt_linear_attention STATIC linear_attention.cc)
target_link_libraries(simt_linear_attention PUBLIC warpgauge_build warpgauge::kernels warpgauge::simt PRIVATE fmt::fmt)

file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/simt_linear_attention.cc
     CONTENT "#include \"tests/simt/linear_attention.cu\"\n")
add_library(simt_linear_attention_kernel OBJECT ${CMAKE_CURRENT_BINARY_DIR}/simt_linear_attention.cc)
target_link_libraries(simt_linear_attention_kernel PRIVATE warpgauge::simt_kernel)
warpgauge_test(simt_linear_attention_test LABEL simt
               SOURCES linear_attention_test.cc $<TARGET_OBJECTS:simt_linear_attention_kernel> LIBS simt_linear_attention)

if(WARPGAUGE_WITH_CUDA)
  target_sources(simt_linear_attention_test PRIVATE linear_attention.cu)
  set_target_properties(simt_linear_attention_test PROPERTIES CUDA_ARCHITECTURES 90a-real)
  target_compile_definitions(simt_linear_attention_test PRIVATE WARPGAUGE_WITH_CUDA)
  target_link_libraries(simt_linear_attention_test PRIVATE CUDA::cudart_static)
endif()

# Clusters are not supported: a kernel that declares one must not compile.
add_test(NAME simt.clusters_do_not_compile
         COMMAND ${CMAKE_CXX_COMPILER} -std=c++20 -fsyntax-only -I${PROJECT_SOURCE_DIR}
                 ${CMAKE_CURRENT_SOURCE_DIR}/cluster_of_two.cc)
set_tests_properties(simt.clusters_do_not_compile PROPERTIES LABELS simt
                     PASS_REGULAR_EXPRESSION "kernels/simt does not support clusters")

if(WARPGAUGE_WITH_CUDA)
  find_program(CUOBJDUMP cuobjdump HINTS ${CUDAToolkit_BIN_DIR})
  set(cuobjdump "")
  if(CUOBJDUMP)
    set(cuobjdump -DCUOBJDUMP=${CUOBJDUMP})
  endif()
  add_test(NAME simt.hopper_instructions
           COMMAND ${CMAKE_COMMAND} -DNVCC=${CMAKE_CUDA_COMPILER} ${cuobjdump}
                   -DSOURCE=${CMAKE_CURRENT_SOURCE_DIR}/hopper_instructions.cu -DINCLUDE=${PROJECT_SOURCE_DIR}
                   -P ${CMAKE_CURRENT_SOURCE_DIR}/instructions_test.cmake
           WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR})
  add_test(NAME simt.linear_attention_does_not_spill
           COMMAND ${CMAKE_COMMAND} -DNVCC=${CMAKE_CUDA_COMPILER} -DSOURCE=${CMAKE_CURRENT_SOURCE_DIR}/linear_attention.cu
                   -DINCLUDE=${PROJECT_SOURCE_DIR} -DARCHITECTURES=90a-real -DLIMIT=0 -P ${CMAKE_CURRENT_SOURCE_DIR}/spills_test.cmake)
  set_tests_properties(simt.hopper_instructions simt.linear_attention_does_not_spill PROPERTIES LABELS simt TIMEOUT 600)
endif()
