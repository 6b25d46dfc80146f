# The primitives of sm_90a: unit tests, and a kernel that is made of them, right and with planted bugs.
foreach(test IN ITEMS primitives findings)
  warpgauge_test(simt_hopper_${test}_test LABEL simt SOURCES hopper_${test}_test.cc
                 LIBS warpgauge::kernels warpgauge::simt warpgauge::simt_kernel)
endforeach()

add_library(simt_linear_attention STATIC linear_attention.cc)
target_link_libraries(simt_linear_attention PUBLIC warpgauge_build warpgauge::kernels warpgauge::simt)

# The kernel for the emulator, from the tree or with SIMT_SYMBOL renamed from a changed copy in `folder`.
function(simt_linear_attention_object name folder)
  file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${name}.cc CONTENT "#include \"tests/simt/linear_attention.cu\"\n")
  add_library(${name} OBJECT ${CMAKE_CURRENT_BINARY_DIR}/${name}.cc)
  target_include_directories(${name} BEFORE PRIVATE ${folder})
  target_compile_options(${name} PRIVATE -ffile-prefix-map=${folder}/=)
  target_link_libraries(${name} PRIVATE warpgauge::simt_kernel)
endfunction()
simt_linear_attention_object(simt_linear_attention_kernel ${PROJECT_SOURCE_DIR})
warpgauge_test(simt_linear_attention_test LABEL simt
               SOURCES linear_attention_test.cc $<TARGET_OBJECTS:simt_linear_attention_kernel> LIBS simt_linear_attention)

if(WARPGAUGE_WITH_CUDA)
  target_sources(simt_linear_attention_test PRIVATE linear_attention.cu)
  set_target_properties(simt_linear_attention_test PROPERTIES CUDA_ARCHITECTURES 90a-real)
  target_compile_definitions(simt_linear_attention_test PRIVATE WARPGAUGE_WITH_CUDA)
  target_link_libraries(simt_linear_attention_test PRIVATE CUDA::cudart_static)
endif()
