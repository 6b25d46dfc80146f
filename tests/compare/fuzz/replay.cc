// A fuzz target without libFuzzer, for compilers other than clang: runs the target on each file of the
// folders that are given, then on random edits of them. usage: NAME_replay EDITS FOLDER...
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv);

namespace {

using namespace std::string_view_literals;

constexpr std::string_view kPieces[] = {
    "\0"sv,     "::"sv,          "##["sv,          "`"sv,         "|"sv,
    "<b>"sv,    "\n"sv,          "\r"sv,           "\t"sv,        "\x1b[31m"sv,
    "\xff"sv,   "\xc2"sv,        "\xe2\x80\xae"sv, "\xc2\x9b"sv,  "@user"sv,
    "#1"sv,     "](http://x)"sv, "![x"sv,          "www.x.org"sv, " "sv,
    "]]>"sv,    "&amp;"sv,       "null"sv,         "-1"sv,        "1e999"sv,
    "1e-310"sv, "[]"sv,          "{}"sv,           "\""sv,        "9223372036854775808"sv,
    "0"sv,      "\\"sv,          "\\ud800"sv,      "true"sv,      "4294967298"sv};

void edit(std::string& text, const std::vector<std::string>& seeds, std::minstd_rand& random) {
  const auto below = [&](std::size_t end) { return end == 0 ? 0 : random() % end; };
  const std::size_t at = below(text.size() + 1);
  switch (below(5)) {
    case 0:
      text.insert(at, kPieces[below(std::size(kPieces))]);
      break;
    case 1:
      if (at < text.size()) text.erase(at, 1 + below(20));
      break;
    case 2:
      if (at < text.size()) text[at] = static_cast<char>(random());
      break;
    case 3: {
      const std::string& other = seeds[below(seeds.size())];
      const std::size_t from = below(other.size() + 1);
      text.insert(at, other.substr(from, below(60)));
      break;
    }
    default:  // a number becomes another one
      if (const std::size_t digit = text.find_first_of("0123456789", at); digit != std::string::npos) {
        const std::size_t end = text.find_first_not_of("0123456789.e+-", digit);
        text.replace(digit, end - digit, kPieces[22 + below(std::size(kPieces) - 22)]);
      }
  }
}

int run(const std::string& text) {
  return LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
}

}  // namespace

int main(int argc, char** argv) {
  LLVMFuzzerInitialize(&argc, &argv);
  const int edits = argc > 1 ? std::atoi(argv[1]) : 0;
  std::vector<std::string> seeds;
  for (int i = 2; i < argc; ++i) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i])) {
      std::ifstream file(entry.path(), std::ios::binary);
      if (entry.is_regular_file() && entry.file_size() < 65536)
        seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
  }
  if (seeds.empty()) return 2;
  for (const std::string& seed : seeds) run(seed);
  std::minstd_rand random(std::random_device{}());
  for (int i = 0; i < edits; ++i) {
    std::string text = seeds[random() % seeds.size()];
    for (unsigned long k = 1 + random() % 8; k > 0; --k) edit(text, seeds, random);
    if (const char* last = std::getenv("REPLAY_LAST")) std::ofstream(last, std::ios::binary) << text;
    run(text);
  }
  std::printf("%zu seeds, %d edits\n", seeds.size(), edits);
  return 0;
}
