#include "kernels/backend.h"

#include <cstdlib>
#include <cstring>
#include <new>
#include <stdexcept>

#include "kernels/cuda_runtime.h"

namespace warpgauge {
namespace {

constexpr std::size_t kAlignment = 256;

std::unique_ptr<void, void (*)(void*)> allocate(Backend backend, std::size_t bytes) {
  if (backend == Backend::cuda) return {cuda::allocate(bytes), cuda::release};
  const std::size_t rounded = (bytes + kAlignment) / kAlignment * kAlignment;  // at least kAlignment
  void* memory = std::aligned_alloc(kAlignment, rounded);
  if (!memory) throw std::bad_alloc();
  return {memory, std::free};
}

struct EmulatedStream {
  EmulatedStream* outer;
};
thread_local EmulatedStream* newest_emulated = nullptr;

void close_emulated(void* stream) {
  const std::unique_ptr<EmulatedStream> closed(static_cast<EmulatedStream*>(stream));
  newest_emulated = closed->outer;
}

std::unique_ptr<void, void (*)(void*)> open_stream(Backend backend) {
  switch (backend) {
    case Backend::cuda:
      return {cuda::create_stream(), cuda::destroy_stream};
    case Backend::simt:
      newest_emulated = new EmulatedStream{newest_emulated};
      return {newest_emulated, close_emulated};
    case Backend::cpu:
      break;
  }
  return {nullptr, cuda::destroy_stream};
}

}  // namespace

const char* backend_name(Backend backend) {
  switch (backend) {
    case Backend::cpu:
      return "cpu";
    case Backend::cuda:
      return "cuda";
    case Backend::simt:
      return "simt";
  }
  return "?";
}

std::string backend_unavailable(Backend backend) {
  return backend == Backend::cuda ? cuda::unavailable() : std::string();
}

std::string backend_lost(Backend backend) {
  if (!backend_unavailable(backend).empty()) return {};
  std::string reason;
  for (int attempt = 0; attempt < 2; ++attempt) {  // the first may return a stale error that is not sticky
    try {
      synchronize(backend);
      return {};
    } catch (const std::exception& error) {
      reason = error.what();
    }
  }
  return reason;
}

Buffer::Buffer(Backend backend, std::size_t bytes)
    : backend_(backend), bytes_(bytes), memory_(allocate(backend, bytes)) {}

void Buffer::upload(const void* host, std::size_t bytes, std::size_t offset) {
  if (offset > bytes_ || bytes > bytes_ - offset)
    throw std::out_of_range("Buffer::upload: range exceeds the buffer");
  char* target = static_cast<char*>(memory_.get()) + offset;
  if (backend_ == Backend::cuda)
    cuda::copy_in(target, host, bytes);
  else if (bytes > 0)
    std::memcpy(target, host, bytes);
}

void Buffer::download(void* host, std::size_t bytes, std::size_t offset) const {
  if (offset > bytes_ || bytes > bytes_ - offset)
    throw std::out_of_range("Buffer::download: range exceeds the buffer");
  const char* source = static_cast<const char*>(memory_.get()) + offset;
  if (backend_ == Backend::cuda)
    cuda::copy_out(host, source, bytes);
  else if (bytes > 0)
    std::memcpy(host, source, bytes);
}

void synchronize(Backend backend) {
  if (backend == Backend::cuda) cuda::synchronize();
}

Stream::Stream(Backend backend) : stream_(open_stream(backend)) {}

bool Stream::hold_while(const std::function<void()>& launch, const std::function<void()>& look) const {
  return cuda::hold_while(stream_.get(), launch, look);
}

void* emulated_stream() {
  return newest_emulated;
}

}  // namespace warpgauge
