// The emulated primitives against every stored vector, and that a vector which is off makes the replay fail.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "kernels/simt/conformance/comparison.h"
#include "kernels/simt/conformance/vectors.h"

namespace warpgauge::simt::conformance {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

std::vector<fs::path> vector_files() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(WARPGAUGE_TESTDATA "/simt"))
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  return files;
}

Facts facts_of(std::string_view name) {
  for (const Primitive& primitive : emulated_primitives())
    if (primitive.facts.name == name) return primitive.facts;
  throw std::runtime_error("no primitive " + std::string(name));
}

TEST(Conformance, every_vector_is_reproduced) {
  for (const fs::path& path : vector_files()) EXPECT_EQ(replay(read_vectors(path)), "") << path;
}

TEST(Conformance, every_primitive_has_vectors) {
  std::set<std::string> have;
  for (const fs::path& path : vector_files()) have.insert(read_vectors(path).primitive);
  for (const Primitive& primitive : emulated_primitives())
    EXPECT_TRUE(have.contains(primitive.facts.name)) << primitive.facts.name;
}

TEST(Conformance, an_altered_vector_is_told) {
  for (const fs::path& path : vector_files()) {
    VectorFile file = read_vectors(path);
    Words& words = file.vectors.back().out;
    words[words.size() / 2] ^= 0x40000000u;
    EXPECT_THAT(replay(file), HasSubstr(" is ")) << path;
  }
}

TEST(Conformance, drawn_operands_give_the_same_in_every_schedule) {
  for (const Primitive& primitive : emulated_primitives()) {
    for (std::uint32_t seed = 1; seed <= 4; ++seed) {
      const Words operands = primitive.draw(seed), results = primitive.run(operands, 0);
      EXPECT_EQ(mismatch(primitive.facts, results, primitive.run(operands, seed)), "")
          << primitive.facts.name;
    }
  }
}

TEST(Conformance, vectors_of_other_sizes_or_of_nobody_are_refused) {
  VectorFile file = read_vectors(WARPGAUGE_TESTDATA "/simt/ptx-isa/shuffle_xor.json");
  file.vectors[0].in.pop_back();
  EXPECT_THROW(replay(file), std::runtime_error);
  file.primitive = "shuffle_sideways";
  EXPECT_THROW(replay(file), std::runtime_error);
}

TEST(Conformance, results_agree_as_far_as_hardware_promises) {
  const auto differ = [](const char* name, float expected, float found) {
    return !mismatch(facts_of(name), {std::bit_cast<std::uint32_t>(expected)},
                         {std::bit_cast<std::uint32_t>(found)})
                .empty();
  };
  EXPECT_FALSE(differ("multiply_f16_fractions", 5.0f, 5.0f + 2e-5f));
  EXPECT_TRUE(differ("multiply_f16_fractions", 5.0f, 5.0f + 5e-5f));
  EXPECT_TRUE(differ("multiply_f16_whole", 5.0f, std::nextafter(5.0f, 6.0f)));
  EXPECT_FALSE(differ("wgmma_f16_n16_k_k_fractions", 5.0f, 5.0f + 2e-4f));
  EXPECT_TRUE(differ("wgmma_f16_n16_k_k_fractions", 5.0f, 5.0f + 4e-4f));
  EXPECT_TRUE(differ("wgmma_f16_n8_k_k_special", 5.0f, std::nextafter(5.0f, 6.0f)));
  EXPECT_FALSE(differ("exp2_approx", 1.0f, 1.0f + 3 * 0x1p-23f));
  EXPECT_TRUE(differ("exp2_approx", 1.0f, 1.0f + 4 * 0x1p-23f));
  EXPECT_FALSE(differ("exp2_approx", 0x1p-126f, 0.0f));
  EXPECT_FALSE(differ("multiply_f16_special", NAN, -NAN));
  EXPECT_TRUE(differ("multiply_f16_special", NAN, 1.0f));
  EXPECT_TRUE(differ("multiply_f16_special", INFINITY, -INFINITY));
  EXPECT_EQ(mismatch(facts_of("pack_f16"), {0x7e003c00u}, {0xfe013c00u}), "");
  EXPECT_NE(mismatch(facts_of("pack_f16"), {0x7e003c00u}, {0x7c003c00u}), "");
}

TEST(Conformance, what_is_written_is_read_again) {
  const VectorFile file = read_vectors(WARPGAUGE_TESTDATA "/simt/ptx-isa/multiply_f16_whole.json");
  const fs::path copy = testing::TempDir() + "/copy.json";
  write_vectors(copy, facts_of(file.primitive), file);
  const VectorFile again = read_vectors(copy);
  EXPECT_EQ(again.source, file.source);
  ASSERT_EQ(again.vectors.size(), file.vectors.size());
  EXPECT_EQ(again.vectors[1].in, file.vectors[1].in);
  EXPECT_EQ(again.vectors[1].out, file.vectors[1].out);
  EXPECT_EQ(replay(again), "");
}

// A GPU that is none: one primitive fails, which may cost the process its GPU; what is before and after it
// agrees.

std::string named;  // what had been written when the failing primitive ran
std::ostringstream* written = nullptr;

std::string available() {
  return "";
}
Words no_operands(std::uint32_t) {
  return {1, 2, 3};
}
Words give_back(const Words& operands, std::uint64_t) {
  return operands;
}
Words fail(const Words&, std::uint64_t) {
  named = written->str();
  throw std::runtime_error("an illegal memory access was encountered");
}

Tally hold_three(bool lost, std::ostringstream& out) {
  const auto primitive = [](const char* name, Words (*run)(const Words&, std::uint64_t)) {
    return Primitive{{.name = name, .instruction = "nop"}, available, no_operands, run};
  };
  const std::vector<Primitive> on_gpu{primitive("first", give_back), primitive("second", fail),
                                      primitive("third", give_back)};
  std::vector<Primitive> emulated = on_gpu;
  emulated[1].run = give_back;
  written = &out;
  return compare_with_gpu(on_gpu, emulated,
                          {.seeds = 2,
                           .gpu = "none",
                           .recorded = {},
                           .gpu_is_lost = lost ? +[] { return true; } : +[] { return false; }},
                          out);
}

TEST(Comparison, names_a_primitive_before_it_runs_and_goes_on_after_an_exception) {
  std::ostringstream out;
  const Tally tally = hold_three(false, out);
  EXPECT_EQ(named, "first (nop): ok\nsecond (nop): ");
  EXPECT_THAT(out.str(), HasSubstr("second (nop): FAILED, an illegal memory access"));
  EXPECT_THAT(out.str(), HasSubstr("third (nop): ok\n"));
  EXPECT_EQ(tally.held, 3);
  EXPECT_EQ(tally.wrong, 1);
  EXPECT_FALSE(tally.gpu_lost);
}

TEST(Comparison, ends_with_the_name_once_the_gpu_is_lost) {
  std::ostringstream out;
  const Tally tally = hold_three(true, out);
  EXPECT_THAT(out.str(),
              HasSubstr("second has cost this process its GPU; 1 primitives after it were not held"));
  EXPECT_THAT(out.str(), Not(HasSubstr("third")));
  EXPECT_EQ(tally.wrong, 1);
  EXPECT_TRUE(tally.gpu_lost);
}

TEST(Comparison, records_what_the_gpu_gave) {
  std::vector<Primitive> one = emulated_primitives();  // in the GPU's place
  std::erase_if(one, [](const Primitive& p) { return std::string_view(p.facts.name) != "shuffle_up"; });
  const fs::path folder = testing::TempDir() + "/recorded";
  fs::create_directories(folder);
  std::ostringstream out;
  const Comparison comparison{.seeds = 2, .gpu = "none", .recorded = folder};
  EXPECT_EQ(compare_with_gpu(one, one, comparison, out).wrong, 0);
  const VectorFile file = read_vectors(folder / "shuffle_up.json");
  EXPECT_EQ(file.source, "none");
  EXPECT_EQ(file.vectors.size(), 2u);
  EXPECT_EQ(replay(file), "");
}

// The program.

struct Outcome {
  int exit_code;
  std::string text;
};

Outcome run_program(const std::string& arguments) {
  std::FILE* const pipe = popen((SIMT_CONFORMANCE " " + arguments + " 2>&1").c_str(), "r");
  std::string text;
  std::array<char, 4096> part;
  while (const std::size_t size = std::fread(part.data(), 1, part.size(), pipe))
    text.append(part.data(), size);
  return {WEXITSTATUS(pclose(pipe)), text};
}

TEST(ConformanceProgram, replays_a_folder_and_fails_for_one_wrong_vector) {
  const fs::path folder = testing::TempDir() + "/vectors";
  fs::remove_all(folder);
  fs::create_directories(folder);
  EXPECT_EQ(run_program("--replay " + folder.string()).exit_code, 2) << "there are no vectors";
  VectorFile file = read_vectors(WARPGAUGE_TESTDATA "/simt/ptx-isa/shuffle_up.json");
  write_vectors(folder / "right.json", facts_of(file.primitive), file);
  EXPECT_EQ(run_program("--replay " + folder.string()).exit_code, 0);
  file.vectors[0].out[7] ^= 1;
  write_vectors(folder / "wrong.json", facts_of(file.primitive), file);
  const Outcome outcome = run_program("--replay " + folder.string());
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.text, HasSubstr("shuffle_up (PTX ISA section"));
  EXPECT_THAT(outcome.text, HasSubstr("): WRONG, "));
  EXPECT_THAT(outcome.text, HasSubstr("word 0 of thread 7 in block 0 is"));
  EXPECT_EQ(run_program("--replay " + folder.string() + " --filter shuffle_down").exit_code, 2)
      << "no such file";
  std::ofstream(folder / "broken.json") << "{";
  EXPECT_THAT(run_program("--replay " + folder.string()).text, HasSubstr("broken.json: "));
}

TEST(ConformanceProgram, says_how_it_is_used) {
  EXPECT_EQ(run_program("--help").exit_code, 0);
  EXPECT_EQ(run_program("--nonsense").exit_code, 2);
  EXPECT_EQ(run_program("--replay /nowhere").exit_code, 2);
  EXPECT_EQ(run_program("--replay . --record .").exit_code, 2);
  EXPECT_THAT(run_program("--filter '('").text, HasSubstr("--filter '('"));
  EXPECT_THAT(run_program("--filter nothing").text, HasSubstr("no primitive matches 'nothing'"));
}

TEST(ConformanceProgram, lists_what_the_filter_means) {
  EXPECT_EQ(run_program("--list --filter '^shuffle_(up|xor)$'").text, "shuffle_xor\nshuffle_up\n");
  std::string all;
  for (const Primitive& primitive : emulated_primitives()) all += std::string(primitive.facts.name) + "\n";
  EXPECT_EQ(run_program("--list").text, all);
}

}  // namespace
}  // namespace warpgauge::simt::conformance
