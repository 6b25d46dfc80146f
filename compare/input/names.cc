#include "compare/input/names.h"

namespace warpgauge {
namespace {

bool is_setting(std::string_view part) {
  for (const char* prefix : {"repeats:", "iterations:", "min_time:", "min_warmup_time:"}) {
    if (part.starts_with(prefix)) return true;
  }
  return part == "manual_time" || part == "real_time" || part == "process_time";
}

}  // namespace

std::string strip_settings(std::string_view raw_name) {
  std::string_view kept = raw_name;
  std::string_view threads;  // Google Benchmark writes it last, after the settings
  for (;;) {
    const std::size_t slash = kept.rfind('/');
    if (slash == std::string_view::npos || slash == 0) break;
    const std::string_view part = kept.substr(slash + 1);
    if (threads.empty() && kept.size() == raw_name.size() && part.starts_with("threads:")) {
      threads = kept.substr(slash);
    } else if (!is_setting(part)) {
      break;
    }
    kept = kept.substr(0, slash);
  }
  return std::string(kept).append(threads);
}

}  // namespace warpgauge
