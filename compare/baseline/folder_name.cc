#include "compare/baseline/folder_name.h"

#include <algorithm>
#include <cctype>
#include <cstdint>

#include "base/hash.h"

namespace warpgauge {
namespace {

constexpr std::size_t kLongestName = 80;

// In lower case. Each run of other characters than letters and digits becomes one '-'.
std::string slug(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (plain) {
      out += static_cast<char>(std::tolower(c));
    } else if (!out.empty() && out.back() != '-') {
      out += '-';
    }
  }
  while (!out.empty() && out.back() == '-') out.pop_back();
  return out;
}

std::string hash_of(const std::map<std::string, std::string>& identity) {
  constexpr std::string_view kEnd = "\xFF";  // not in any UTF-8 text, so that ab + c differs from a + bc
  std::uint64_t hash = kHashBasis;
  for (const auto& [key, value] : identity) {
    for (const std::string& part : {key, value}) hash = hash_bytes(kEnd, hash_bytes(part, hash));
  }
  return short_hash_text(hash);
}

// The parts of identity by which people know a machine. bench/ names the keys.
std::string readable(const std::map<std::string, std::string>& identity) {
  const auto part = [&](const char* key) {
    const auto found = identity.find(key);
    return found == identity.end() ? std::string() : slug(found->second);
  };
  const std::string gpu = part("gpu_name");
  std::string out = gpu.empty() ? "cpu" : "gpu-" + gpu;
  if (!gpu.empty()) return out;
  std::string vendor = part("cpu_vendor");
  if (vendor.starts_with("genuine")) vendor.erase(0, 7);
  if (vendor.starts_with("authentic")) vendor.erase(0, 9);
  for (const std::string& text : {vendor, part("cpu_family"), part("cpu_model"), part("cpu_stepping")}) {
    if (!text.empty()) out += "-" + text;
  }
  const std::string threads = part("threads");
  return threads.empty() ? out : out + "-" + threads + "t";
}

}  // namespace

std::string fingerprint_name(const std::map<std::string, std::string>& identity) {
  return readable(identity).substr(0, kLongestName) + "-" + hash_of(identity);
}

bool is_plain_name(std::string_view text) {
  return !text.empty() && text.size() <= 128 && text[0] != '.' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                  c == '_' || c == '-';
         });
}

}  // namespace warpgauge
