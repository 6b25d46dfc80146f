#include "base/descendants.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <map>
#include <optional>
#include <string_view>
#include <thread>

#include "base/flag_value.h"

namespace warpgauge {
namespace {

bool has_children() {
  siginfo_t info{};
  return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 || errno != ECHILD;
}

// The fourth field of /proc/PID/stat: "12 (name) S 1 ...". The name may hold blanks and parentheses. Nothing
// if the process has ended.
std::optional<pid_t> parent_of(std::string_view pid) {
  const int file = open(fmt::format("/proc/{}/stat", pid).c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::nullopt;
  std::array<char, 256> bytes{};
  const ssize_t got = read(file, bytes.data(), bytes.size());
  close(file);
  const std::string_view text(bytes.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
  const std::size_t name_end = text.rfind(") ");
  if (name_end == std::string_view::npos) return std::nullopt;
  const std::string_view rest = text.substr(std::min(name_end + 4, text.size()));
  return number_of<pid_t>(rest.substr(0, rest.find(' ')));
}

// [parent]: its children. Empty without /proc.
std::multimap<pid_t, pid_t> all_processes() {
  std::multimap<pid_t, pid_t> children;
  DIR* const folder = opendir("/proc");
  if (!folder) return children;
  while (const dirent* const entry = readdir(folder)) {
    const auto pid = number_of<pid_t>(std::string_view(entry->d_name));
    if (!pid) continue;
    if (const auto parent = parent_of(entry->d_name)) children.emplace(*parent, *pid);
  }
  closedir(folder);
  return children;
}

std::vector<pid_t> children_in(const std::multimap<pid_t, pid_t>& processes, pid_t parent) {
  std::vector<pid_t> children;
  const auto [first, last] = processes.equal_range(parent);
  for (auto at = first; at != last; ++at) children.push_back(at->second);
  return children;
}

// Kills them from the top, so that a parent cannot start another child after it was visited.
void kill_below(const std::multimap<pid_t, pid_t>& processes, pid_t top) {
  std::vector<pid_t> open{top};
  for (std::size_t i = 0; i < open.size(); ++i) {
    kill(open[i], SIGKILL);
    const std::vector<pid_t> below = children_in(processes, open[i]);
    open.insert(open.end(), below.begin(), below.end());
  }
}

}  // namespace

void adopt_orphans() {
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

std::vector<pid_t> own_children() {
  if (!has_children()) return {};
  return children_in(all_processes(), getpid());
}

void end_descendants_except(const std::vector<pid_t>& spared) {
  constexpr auto kLimit = std::chrono::seconds(2);
  const auto start = std::chrono::steady_clock::now();
  while (has_children() && std::chrono::steady_clock::now() - start < kLimit) {
    const std::multimap<pid_t, pid_t> processes = all_processes();
    bool found = false;
    for (const pid_t child : children_in(processes, getpid())) {
      if (std::ranges::find(spared, child) != spared.end()) continue;
      found = true;
      kill_below(processes, child);
      waitpid(child, nullptr, WNOHANG);
    }
    if (!found) return;
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
}

}  // namespace warpgauge
