// An array in the memory of a GPU.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/backend.h"

namespace warpgauge {

template <class T>
class DeviceArray {
 public:
  explicit DeviceArray(std::int64_t size)
      : buffer_(Backend::cuda, static_cast<std::size_t>(size) * sizeof(T)) {}
  T* data() const { return static_cast<T*>(buffer_.data()); }
  void upload(const std::vector<T>& host) { buffer_.upload(host.data(), host.size() * sizeof(T)); }
  std::vector<T> download(std::int64_t size) const {
    std::vector<T> host(static_cast<std::size_t>(size));
    buffer_.download(host.data(), host.size() * sizeof(T));
    return host;
  }

 private:
  Buffer buffer_;
};

}  // namespace warpgauge
