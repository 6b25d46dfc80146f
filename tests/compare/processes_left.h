// Processes that a run has left behind. They are found by a variable of the environment that they inherit.
#pragma once

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

namespace warpgauge {

inline constexpr const char* kProcessMark = "WARPGAUGE_TEST_RUN";

// Zombies have no environment, and do not count.
inline int processes_with(const std::string& mark) {
  int count = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    std::ifstream file(entry.path() / "environ", std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    count += text.find(std::string(kProcessMark) + "=" + mark) != std::string::npos;
  }
  return count;
}

// A killed process may take a moment.
inline int processes_left(const std::string& mark) {
  int left = processes_with(mark);
  for (int i = 0; i < 50 && left > 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    left = processes_with(mark);
  }
  return left;
}

}  // namespace warpgauge
