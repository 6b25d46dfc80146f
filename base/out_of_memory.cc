#include "base/out_of_memory.h"

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <exception>
#include <new>

namespace warpgauge {
namespace {

constexpr std::size_t kReserveBytes = std::size_t{1} << 20;

// Of the program, because the handlers are.
std::string_view complaint_text;
int complaint_code = 1;
std::atomic<void*> reserve = nullptr;
std::terminate_handler earlier_handler = nullptr;

// operator new calls it until it can allocate, or until it throws.
void release_reserve() {
  void* released = reserve.exchange(nullptr);
  if (!released) throw std::bad_alloc();
  std::free(released);
}

[[noreturn]] void end_program() {
  if (std::current_exception()) {  // without one, `throw` would end here again
    try {
      throw;  // what ended the program
    } catch (const std::bad_alloc&) {
      _exit(complain_of_memory());
    } catch (...) {  // as without this handler
    }
  }
  if (earlier_handler) earlier_handler();
  std::abort();
}

}  // namespace

void prepare_for_out_of_memory(std::string_view complaint, int exit_code) {
  complaint_text = complaint;
  complaint_code = exit_code;
  std::free(reserve.exchange(std::malloc(kReserveBytes)));
  std::set_new_handler(release_reserve);
  earlier_handler = std::set_terminate(end_program);
}

// Allocates nothing.
int complain_of_memory() {
  [[maybe_unused]] const ssize_t written =
      ::write(STDERR_FILENO, complaint_text.data(), complaint_text.size());
  return complaint_code;
}

}  // namespace warpgauge
