// The few calls of the CUDA runtime that host code makes, with C++ types only: runtime.cu implements them,
// and runtime_absent.cc stands in its place where the project is built without the CUDA toolkit.
#pragma once

#include <cstddef>
#include <string>

namespace warpgauge::cuda {

// Empty when a CUDA device can be used; otherwise why not.
std::string unavailable();

// All of these throw std::runtime_error with file:line:call on failure (release: never).
void* allocate(std::size_t bytes);
void release(void* memory);
void copy_in(void* device, const void* host, std::size_t bytes);
void copy_out(void* host, const void* device, std::size_t bytes);
void synchronize();

}  // namespace warpgauge::cuda
