// The few calls of the CUDA runtime that host code makes, with C++ types only: runtime.cu implements them,
// and runtime_absent.cc stands in its place where the project is built without the CUDA toolkit.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace warpgauge::cuda {

// Empty when there is a CUDA device; otherwise why not. Leaves the devices alone.
std::string no_device();

// Empty when the kernels of this build can run on the current device; otherwise why not.
std::string unavailable();

// "cuBLAS 13.1.0", as loaded.
std::string library_version();

// All of these throw std::runtime_error with file:line:call on failure (release, destroy_stream: never).
void* allocate(std::size_t bytes);
void release(void* memory);
void copy_in(void* device, const void* host, std::size_t bytes);
void copy_out(void* host, const void* device, std::size_t bytes);
void synchronize();

// Behind Stream of kernels/backend.h.
void* create_stream();
void destroy_stream(void* stream);
bool hold_while(void* stream, const std::function<void()>& launch, const std::function<void()>& look);

}  // namespace warpgauge::cuda
