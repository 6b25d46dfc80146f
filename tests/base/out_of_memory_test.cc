#include "base/out_of_memory.h"

#include <gtest/gtest.h>

#include <csignal>
#include <exception>
#include <new>
#include <stdexcept>

namespace warpgauge {
namespace {

constexpr std::string_view kComplaint = "program: error: out of memory\n";

template <class Exception>
[[gnu::noinline]] void throw_it(const Exception& exception) {
  throw exception;
}

// In a process of its own: the handlers are the program's.
template <class Exception>
void throw_where_nothing_may_be_thrown(const Exception& exception) {
  prepare_for_out_of_memory(kComplaint, 3);
  [&]() noexcept { throw_it(exception); }();
}

TEST(OutOfMemory, InADestructorEndsWithTheComplaint) {
  EXPECT_EXIT(throw_where_nothing_may_be_thrown(std::bad_alloc()), testing::ExitedWithCode(3),
              "^program: error: out of memory\n$");
}

TEST(OutOfMemory, OtherExceptionsAbortAsBefore) {
  EXPECT_EXIT(throw_where_nothing_may_be_thrown(std::runtime_error("other")),
              testing::KilledBySignal(SIGABRT), "other");
}

TEST(OutOfMemory, TerminateWithoutAnExceptionAbortsAsBefore) {
  EXPECT_EXIT(
      {
        prepare_for_out_of_memory(kComplaint, 3);
        std::terminate();
      },
      testing::KilledBySignal(SIGABRT), "");
}

TEST(OutOfMemory, ThatMainCatchesHasTheSameWords) {
  EXPECT_EXIT(
      {
        prepare_for_out_of_memory(kComplaint, 5);
        _exit(complain_of_memory());
      },
      testing::ExitedWithCode(5), "^program: error: out of memory\n$");
}

TEST(OutOfMemory, TheFirstFailureGetsTheReserve) {
  EXPECT_EXIT(
      {
        prepare_for_out_of_memory(kComplaint, 3);
        std::get_new_handler()();  // as operator new does: it then tries again
        try {
          std::get_new_handler()();
        } catch (const std::bad_alloc&) {
          _exit(0);
        }
      },
      testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace warpgauge
