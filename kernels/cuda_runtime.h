// The calls of the CUDA runtime that host code makes, with C++ types only. runtime.cu implements them;
// without the CUDA toolkit, runtime_absent.cc is built instead.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace warpgauge::cuda {

// Empty if there is a CUDA device; otherwise the reason. Creates no context on a device.
std::string no_device();

// Empty if the kernels of this build can run on the current device; otherwise the reason.
std::string unavailable();

// "cuBLAS 13.1.0": the version of the loaded library.
std::string library_version();

// These throw std::runtime_error with file:line:call on failure, except release and destroy_stream.
void* allocate(std::size_t bytes);
void release(void* memory);
void copy_in(void* device, const void* host, std::size_t bytes);
void copy_out(void* host, const void* device, std::size_t bytes);
void synchronize();

// The implementation of Stream (kernels/backend.h).
void* create_stream();
void destroy_stream(void* stream);
bool hold_while(void* stream, const std::function<void()>& launch, const std::function<void()>& look);

}  // namespace warpgauge::cuda
