// Compares the emulated primitives with every stored vector, and tests the comparison and the program.
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

TEST(Conformance, every_vector_matches) {
  for (const fs::path& path : vector_files()) EXPECT_EQ(check_vectors(read_vectors(path)), "") << path;
}

TEST(Conformance, every_primitive_has_vectors) {
  std::set<std::string> have;
  for (const fs::path& path : vector_files()) have.insert(read_vectors(path).primitive);
  for (const Primitive& primitive : emulated_primitives())
    EXPECT_TRUE(have.contains(primitive.facts.name)) << primitive.facts.name;
}

TEST(Conformance, an_altered_vector_is_a_mismatch) {
  for (const fs::path& path : vector_files()) {
    VectorFile file = read_vectors(path);
    Words& words = file.vectors.back().out;
    words[words.size() / 2] ^= 0x40000000u;
    EXPECT_THAT(check_vectors(file), HasSubstr(" is ")) << path;
  }
}

TEST(Conformance, results_do_not_depend_on_the_schedule) {
  for (const Primitive& primitive : emulated_primitives()) {
    for (std::uint32_t seed = 1; seed <= 4; ++seed) {
      const Words operands = primitive.random_operands(seed), results = primitive.run(operands, 0);
      EXPECT_EQ(mismatch(primitive.facts, results, primitive.run(operands, seed)), "")
          << primitive.facts.name;
    }
  }
}

TEST(Conformance, vectors_of_the_wrong_size_or_an_unknown_primitive_are_rejected) {
  VectorFile file = read_vectors(WARPGAUGE_TESTDATA "/simt/ptx-isa/shuffle_xor.json");
  file.vectors[0].in.pop_back();
  EXPECT_THROW(check_vectors(file), std::runtime_error);
  file.primitive = "shuffle_sideways";
  EXPECT_THROW(check_vectors(file), std::runtime_error);
}

TEST(Conformance, mismatch_respects_the_tolerance) {
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

TEST(Conformance, written_vectors_can_be_read) {
  const VectorFile file = read_vectors(WARPGAUGE_TESTDATA "/simt/ptx-isa/multiply_f16_whole.json");
  const fs::path copy = testing::TempDir() + "/copy.json";
  write_vectors(copy, facts_of(file.primitive), file);
  const VectorFile again = read_vectors(copy);
  EXPECT_EQ(again.source, file.source);
  ASSERT_EQ(again.vectors.size(), file.vectors.size());
  EXPECT_EQ(again.vectors[1].in, file.vectors[1].in);
  EXPECT_EQ(again.vectors[1].out, file.vectors[1].out);
  EXPECT_EQ(check_vectors(again), "");
}

// A fake GPU with three primitives. The second one throws; the others match.

std::string output_before_failure;
std::ostringstream* output = nullptr;

std::string available() {
  return "";
}
Words fixed_operands(std::uint32_t) {
  return {1, 2, 3};
}
Words identity(const Words& operands, std::uint64_t) {
  return operands;
}
Words fail(const Words&, std::uint64_t) {
  output_before_failure = output->str();
  throw std::runtime_error("an illegal memory access was encountered");
}

ComparisonCounts compare_three(bool lost, std::ostringstream& out) {
  const auto primitive = [](const char* name, Words (*run)(const Words&, std::uint64_t)) {
    return Primitive{{.name = name, .instruction = "nop"}, available, fixed_operands, run};
  };
  const std::vector<Primitive> on_gpu{primitive("first", identity), primitive("second", fail),
                                      primitive("third", identity)};
  std::vector<Primitive> emulated = on_gpu;
  emulated[1].run = identity;
  output = &out;
  return compare_with_gpu(on_gpu, emulated,
                          {.seeds = 2,
                           .gpu = "none",
                           .record_folder = {},
                           .gpu_is_lost = lost ? +[] { return true; } : +[] { return false; }},
                          out);
}

TEST(Comparison, prints_a_primitive_before_it_runs_and_continues_after_an_exception) {
  std::ostringstream out;
  const ComparisonCounts counts = compare_three(false, out);
  EXPECT_EQ(output_before_failure, "first (nop): ok\nsecond (nop): ");
  EXPECT_THAT(out.str(), HasSubstr("second (nop): FAILED: an illegal memory access"));
  EXPECT_THAT(out.str(), HasSubstr("third (nop): ok\n"));
  EXPECT_EQ(counts.compared, 3);
  EXPECT_EQ(counts.failed, 1);
  EXPECT_FALSE(counts.gpu_lost);
}

TEST(Comparison, stops_if_the_gpu_is_lost) {
  std::ostringstream out;
  const ComparisonCounts counts = compare_three(true, out);
  EXPECT_THAT(out.str(),
              HasSubstr("second: this process can no longer use the GPU; 1 remaining primitives were "
                        "not compared"));
  EXPECT_THAT(out.str(), Not(HasSubstr("third")));
  EXPECT_EQ(counts.failed, 1);
  EXPECT_TRUE(counts.gpu_lost);
}

TEST(Comparison, records_vectors_of_the_gpu) {
  std::vector<Primitive> one = emulated_primitives();  // as a fake GPU
  std::erase_if(one, [](const Primitive& p) { return std::string_view(p.facts.name) != "shuffle_up"; });
  const fs::path folder = testing::TempDir() + "/recorded";
  fs::create_directories(folder);
  std::ostringstream out;
  const ComparisonOptions options{.seeds = 2, .gpu = "none", .record_folder = folder};
  EXPECT_EQ(compare_with_gpu(one, one, options, out).failed, 0);
  const VectorFile file = read_vectors(folder / "shuffle_up.json");
  EXPECT_EQ(file.source, "none");
  EXPECT_EQ(file.vectors.size(), 2u);
  EXPECT_EQ(check_vectors(file), "");
}

// The program simt_conformance.

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

TEST(ConformanceProgram, replay_fails_for_one_wrong_vector) {
  const fs::path folder = testing::TempDir() + "/vectors";
  fs::remove_all(folder);
  fs::create_directories(folder);
  EXPECT_EQ(run_program("--replay " + folder.string()).exit_code, 2) << "the folder is empty";
  VectorFile file = read_vectors(WARPGAUGE_TESTDATA "/simt/ptx-isa/shuffle_up.json");
  write_vectors(folder / "right.json", facts_of(file.primitive), file);
  EXPECT_EQ(run_program("--replay " + folder.string()).exit_code, 0);
  file.vectors[0].out[7] ^= 1;
  write_vectors(folder / "wrong.json", facts_of(file.primitive), file);
  const Outcome outcome = run_program("--replay " + folder.string());
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.text, HasSubstr("shuffle_up (PTX ISA section"));
  EXPECT_THAT(outcome.text, HasSubstr("): MISMATCH: "));
  EXPECT_THAT(outcome.text, HasSubstr("word 0 of thread 7 in block 0 is"));
  EXPECT_EQ(run_program("--replay " + folder.string() + " --filter shuffle_down").exit_code, 2)
      << "no file matches";
  std::ofstream(folder / "broken.json") << "{";
  EXPECT_THAT(run_program("--replay " + folder.string()).text, HasSubstr("broken.json: "));
}

TEST(ConformanceProgram, exit_codes_and_messages_of_usage_errors) {
  EXPECT_EQ(run_program("--help").exit_code, 0);
  EXPECT_EQ(run_program("--nonsense").exit_code, 2);
  EXPECT_EQ(run_program("--replay /nowhere").exit_code, 2);
  EXPECT_EQ(run_program("--replay . --record .").exit_code, 2);
  EXPECT_THAT(run_program("--filter '('").text, HasSubstr("--filter '('"));
  EXPECT_THAT(run_program("--filter nothing").text, HasSubstr("--filter 'nothing': no primitive matches"));
}

TEST(ConformanceProgram, list_prints_the_names_that_match_the_filter) {
  EXPECT_EQ(run_program("--list --filter '^shuffle_(up|xor)$'").text, "shuffle_xor\nshuffle_up\n");
  std::string all;
  for (const Primitive& primitive : emulated_primitives()) all += std::string(primitive.facts.name) + "\n";
  EXPECT_EQ(run_program("--list").text, all);
}

}  // namespace
}  // namespace warpgauge::simt::conformance
