#include "kernels/simt/conformance/vectors.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "kernels/half.h"

namespace warpgauge::simt::conformance {
namespace {

using Json = nlohmann::ordered_json;

std::string hex(std::uint32_t word) {
  return fmt::format("{:08x}", word);
}

Words parse_words(const Json& lines) {
  Words words;
  for (const Json& line : lines) {
    std::istringstream text(line.get<std::string>());
    for (std::uint32_t word; text >> std::hex >> word;) words.push_back(word);
    if (!text.eof())
      throw std::runtime_error(
          fmt::format("expected hexadecimal words, found '{}'", line.get<std::string>()));
  }
  return words;
}

Json format_words(const Words& words, int words_per_thread) {
  Json lines = Json::array();
  for (std::size_t n = 0; n < words.size(); ++n)
    if (n % static_cast<std::size_t>(words_per_thread) == 0)
      lines.push_back(hex(words[n]));
    else
      lines.back() = lines.back().get<std::string>() + " " + hex(words[n]);
  return lines;
}

// Maps floats to consecutive integers in their order, subnormals to zero. Differences are distances in ulps.
std::int64_t ordinal(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::int64_t magnitude = std::max<std::int64_t>(0, std::int64_t{bits & 0x7fffffffu} - 0x007fffff);
  return bits >> 31 ? -magnitude : magnitude;
}

bool matches(const Tolerance& tolerance, float expected, float found) {
  if (std::isnan(expected) || std::isnan(found)) return std::isnan(expected) && std::isnan(found);
  if (expected == found) return true;
  if (std::isinf(expected) || std::isinf(found)) return false;
  return std::abs(ordinal(expected) - ordinal(found)) <= tolerance.ulps ||
         std::fabs(double{expected} - double{found}) <= tolerance.absolute;
}

// Two 16-bit values, each bit-identical or both NaN.
template <class T>
bool pairs_match(std::uint32_t expected, std::uint32_t found) {
  for (int shift : {0, 16}) {
    const auto e = static_cast<std::uint16_t>(expected >> shift),
               f = static_cast<std::uint16_t>(found >> shift);
    if (e != f && !(std::isnan(T::decode(e)) && std::isnan(T::decode(f)))) return false;
  }
  return true;
}

bool matches(const Tolerance& tolerance, std::uint32_t expected, std::uint32_t found) {
  switch (tolerance.kind) {
    case Tolerance::bits:
      return expected == found;
    case Tolerance::f32:
      return matches(tolerance, std::bit_cast<float>(expected), std::bit_cast<float>(found));
    case Tolerance::f16_pair:
      return pairs_match<f16>(expected, found);
    case Tolerance::bf16_pair:
      return pairs_match<bf16>(expected, found);
  }
  return false;
}

const Primitive& emulated(const std::string& name) {
  static const std::vector<Primitive> all = emulated_primitives();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Primitive& p) { return p.facts.name == name; });
  if (found == all.end()) throw std::runtime_error(fmt::format("unknown primitive '{}'", name));
  return *found;
}

}  // namespace

std::string mismatch(const Facts& facts, const Words& expected, const Words& found) {
  for (std::size_t n = 0; n < expected.size(); ++n) {
    if (matches(facts.tolerance, expected[n], found[n])) continue;
    const auto words = static_cast<std::size_t>(facts.words_out),
               threads = static_cast<std::size_t>(facts.threads);
    std::string text = fmt::format("word {} of thread {} in block {} is {:08x}, expected {:08x}", n % words,
                                   n / words % threads, n / words / threads, found[n], expected[n]);
    if (facts.tolerance.kind == Tolerance::f32)
      text += fmt::format(" ({:.9g}, expected {:.9g})", double{std::bit_cast<float>(found[n])},
                          double{std::bit_cast<float>(expected[n])});
    return text;
  }
  return "";
}

VectorFile read_vectors(const std::filesystem::path& path) {
  try {
    std::ifstream stream(path);
    if (!stream) throw std::runtime_error("cannot open the file");
    const Json json = Json::parse(stream);
    VectorFile file{json.at("primitive"), json.at("instruction"), json.at("source"), {}};
    for (const Json& vector : json.at("vectors"))
      file.vectors.push_back({parse_words(vector.at("in")), parse_words(vector.at("out"))});
    if (file.vectors.empty()) throw std::runtime_error("the file contains no vectors");
    return file;
  } catch (const std::exception& error) {
    throw std::runtime_error(fmt::format("{}: {}", path.string(), error.what()));
  }
}

void write_vectors(const std::filesystem::path& path, const Facts& facts, const VectorFile& file) {
  Json json{{"primitive", file.primitive}, {"instruction", file.instruction}, {"source", file.source}};
  json["vectors"] = Json::array();
  for (const Vector& vector : file.vectors)
    json["vectors"].push_back({{"in", format_words(vector.in, facts.words_in)},
                               {"out", format_words(vector.out, facts.words_out)}});
  std::ofstream stream(path);
  stream << json.dump(1) << "\n";
  if (!stream.flush()) throw std::runtime_error(fmt::format("{}: cannot write the file", path.string()));
}

std::string check_vectors(const VectorFile& file) {
  const Primitive& primitive = emulated(file.primitive);
  const Facts& facts = primitive.facts;
  const auto threads =
      static_cast<std::size_t>(facts.threads * facts.blocks.x * facts.blocks.y * facts.blocks.z);
  for (std::size_t n = 0; n < file.vectors.size(); ++n) {
    const Vector& vector = file.vectors[n];
    if (vector.in.size() != threads * static_cast<std::size_t>(facts.words_in) ||
        vector.out.size() != threads * static_cast<std::size_t>(facts.words_out))
      throw std::runtime_error(
          fmt::format("vector {} does not have the number of words of '{}'", n, file.primitive));
    for (std::uint64_t schedule_seed = 0; schedule_seed < 4; ++schedule_seed)
      if (std::string text = mismatch(facts, vector.out, primitive.run(vector.in, schedule_seed));
          !text.empty())
        return fmt::format("vector {}: {}", n, text);
  }
  return "";
}

}  // namespace warpgauge::simt::conformance
