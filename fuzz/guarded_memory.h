// Memory of one tensor, with guards that reveal accesses outside of it. On the host it lies between two pages
// that cannot be accessed. One of its ends may touch such a page. An access there ends the program with
// SIGSEGV, also if the value that it reads is discarded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "kernels/backend.h"

namespace warpgauge {

// What lies next to each tensor. A GPU always has bands.
enum class Guard {
  bands,  // 4096 bytes of poison before and after it
  start,  // an inaccessible page before it
  end,    // an inaccessible page after it, up to 15 bytes from its end
};

[[nodiscard]] std::span<const Guard> all_guards();
[[nodiscard]] const char* guard_name(Guard guard);

// Fills memory that a kernel must not write, and outputs that it must write: a signalling NaN as f16, as bf16
// and, twice in a row, as f32. Arithmetic produces only quiet NaNs, so no kernel computes this value.
inline constexpr std::uint16_t kPoison = 0x7fa5;

// Around e4m3 inputs: two NaNs. Half of the bytes of kPoison are a number there.
inline constexpr std::uint16_t kPoisonE4m3 = 0x7f7f;

// A range of bytes, from the first byte of the tensor.
struct ByteRange {
  std::int64_t first, bytes;
};

class GuardedMemory {
 public:
  struct Options {
    const char* name;  // of the tensor; a string literal
    Guard guard = Guard::bands;
    std::size_t alignment = 16;        // of the first byte
    std::size_t misalignment = 0;      // bytes past this alignment
    std::vector<ByteRange> used = {};  // not empty: only the pages of these ranges exist. Host only
    std::uint16_t poison = kPoison;    // what poison() fills it with
  };

  // Throws std::bad_alloc, or for CUDA std::runtime_error.
  GuardedMemory(Backend backend, std::size_t bytes, const Options& options);
  ~GuardedMemory();
  GuardedMemory(const GuardedMemory&) = delete;
  GuardedMemory& operator=(const GuardedMemory&) = delete;

  [[nodiscard]] void* data() const { return data_; }

  // The accessible memory as one array of an even size. Offsets count from its start, bytes from data().
  [[nodiscard]] std::size_t image_bytes() const { return image_bytes_; }
  [[nodiscard]] std::size_t offset_of(std::int64_t byte) const;
  [[nodiscard]] std::int64_t byte_at(std::size_t offset) const;

  void upload(const void* image);
  void download(void* image) const;
  void poison();

 private:
  struct Span {  // of accessible memory
    char* begin;
    std::size_t bytes;
    std::size_t offset;  // in the image
  };
  void place(const Options& options, char* first, char* end);
  void make_accessible(const std::vector<ByteRange>& used, char* first, char* end);

  std::size_t bytes_, image_bytes_ = 0;
  std::uint16_t poison_;
  char* data_ = nullptr;
  std::vector<Span> spans_;
  std::optional<Buffer> device_;
  char* mapping_ = nullptr;
  std::size_t mapped_bytes_ = 0;
  std::size_t place_in_table_ = 0;
};

// Where an inaccessible address lies, if a mapping of this module contains it. Otherwise the name is null.
// Async-signal-safe.
struct GuardedPlace {
  enum class Side { before_start, past_end, in_gap };
  const char* tensor = nullptr;
  Side side = Side::in_gap;
  std::size_t bytes = 0;  // from the start or the end of the tensor
};
[[nodiscard]] GuardedPlace find_guarded(const void* address);

}  // namespace warpgauge
