#include "bench/models.h"

#include <fmt/format.h>

#include <algorithm>

namespace warpgauge::bench {
namespace {

constexpr std::int64_t kDecodeBatch = 8;

// A layer of a decoder. A window of W leaves W keys: the query's own and W - 1 before it.
struct Layer {
  const char* model;
  std::int64_t heads, kv_heads, head_dim, context;
  std::int64_t window = 0;  // 0: none
  double softcap = 0;
  bool sinks = false;
};

// Model, H, Hkv, D, and the length of pretraining's context, at most 8,192. All scales are 1/sqrt(D) here,
// also those of Gemma 2 27B and of DeepSeek V3: the time does not depend on them.
constexpr Layer kLayers[] = {
    // Llama Team 2024, "The Llama 3 Herd of Models", arXiv:2407.21783, table 3.
    {"Llama 3 8B", 32, 8, 128, 8192},
    {"Llama 3 70B", 64, 8, 128, 8192},
    // Qwen Team 2025, "Qwen3 Technical Report", arXiv:2505.09388, tables 1 and 2; head_dim in config.json.
    {"Qwen 3 8B", 32, 8, 128, 8192},
    {"Qwen 3 32B", 64, 8, 128, 8192},
    {"Qwen 3 30B-A3B", 32, 4, 128, 8192},
    {"Qwen 3 235B-A22B", 64, 4, 128, 8192},
    // github.com/openai/gpt-oss, gpt_oss/torch/model.py, ModelConfig: 120b, and 20b with fewer layers. Every
    // other layer has a window.
    {"gpt-oss, window layer", 64, 8, 64, 4096, 128, 0, true},
    {"gpt-oss, full layer", 64, 8, 64, 4096, 0, 0, true},
    // github.com/google/gemma_pytorch, gemma/config.py; windows in gemma/gemma3_model.py. Every other layer
    // of
    // Gemma 2, and five of six of Gemma 3, have a window.
    {"Gemma 2 9B, window layer", 16, 8, 256, 8192, 4096, 50},
    {"Gemma 2 9B, full layer", 16, 8, 256, 8192, 0, 50},
    {"Gemma 2 27B, window layer", 32, 16, 128, 8192, 4096, 50},
    {"Gemma 3 4B, window layer", 8, 4, 256, 8192, 1024},
    {"Gemma 3 12B, window layer", 16, 8, 256, 8192, 1024},
    {"Gemma 3 12B, full layer", 16, 8, 256, 8192},
    {"Gemma 3 27B, window layer", 32, 16, 128, 8192, 1024},
    // Jiang et al. 2023, "Mistral 7B", arXiv:2310.06825, table 1.
    {"Mistral 7B v0.1", 32, 8, 128, 8192, 4096},
};

Shape named(Shape shape, std::string source) {
  shape.source = std::move(source);
  return shape;
}

Shape with_value_dim(Shape shape, std::int64_t value_dim) {
  shape.problem.value_dim = value_dim;
  return shape;
}

Shape of_layer(const Layer& layer, Shape shape, const char* phase) {
  if (layer.window > 0) {
    shape.problem.window = {layer.window - 1, 0};
    shape.problem.mask = Mask::causal;
  }
  shape.problem.softcap = layer.softcap;
  shape.problem.sinks = layer.sinks;
  return named(shape, fmt::format("{}, {}", layer.model, phase));
}

void add_layers(std::vector<Shape>& shapes) {
  for (const Layer& l : kLayers) {
    shapes.push_back(
        of_layer(l, {1, l.heads, l.kv_heads, l.context, l.context, l.head_dim, Mask::causal}, "prefill"));
    shapes.push_back(of_layer(l, {kDecodeBatch, l.heads, l.kv_heads, 1, l.context, l.head_dim}, "decode"));
  }
}

// github.com/deepseek-ai/DeepSeek-V3, inference/model.py: 128 heads, qk_nope_head_dim 128, qk_rope_head_dim
// 64, v_head_dim 128, kv_lora_rank 512; 4K context in pretraining (arXiv:2412.19437, section 4.2). In
// decoding the projections of K and V are absorbed: all heads share keys of 512 + 64 columns. There V is the
// first 512 columns of K; here it is a tensor of its own.
void add_latent_attention(std::vector<Shape>& shapes) {
  shapes.push_back(
      named(with_value_dim({1, 128, 128, 4096, 4096, 192, Mask::causal}, 128), "DeepSeek V3, prefill"));
  shapes.push_back(named(with_value_dim({kDecodeBatch, 128, 1, 1, 4096, 576}, 512), "DeepSeek V3, decode"));
}

void add_encoders(std::vector<Shape>& shapes) {
  // Dosovitskiy et al. 2021, "An Image is Worth 16x16 Words", arXiv:2010.11929, table 1. Patches of 16 x 16
  // and the class token: 14 x 14 + 1 at 224 pixels, 24 x 24 + 1 at 384.
  for (const std::int64_t tokens : {14 * 14 + 1, 24 * 24 + 1}) {
    shapes.push_back(
        named({kDecodeBatch, 12, 12, tokens, tokens, 64}, fmt::format("ViT-B/16, {} tokens", tokens)));
    shapes.push_back(
        named({kDecodeBatch, 16, 16, tokens, tokens, 64}, fmt::format("ViT-L/16, {} tokens", tokens)));
  }
  // Radford et al. 2022, "Robust Speech Recognition via Large-Scale Weak Supervision", arXiv:2212.04356,
  // table 1, large: 20 heads of 64; n_audio_ctx 1500 and n_text_ctx 448 (github.com/openai/whisper).
  shapes.push_back(named({1, 20, 20, 1500, 1500, 64}, "Whisper large, encoder"));
  shapes.push_back(named({1, 20, 20, 448, 1500, 64}, "Whisper large, cross attention of 448 tokens"));
  shapes.push_back(named({kDecodeBatch, 20, 20, 1, 1500, 64}, "Whisper large, cross attention, decode"));
}

Shape for_cpu(Shape shape) {
  constexpr std::int64_t kLongest = 2048, kDivisor = 8;
  Problem& p = shape.problem;
  p.batch = 1;
  p.heads /= p.kv_heads;
  p.kv_heads = 1;
  if (p.seq_k <= kLongest) return shape;
  p.seq_k /= kDivisor;
  if (p.seq_q > 1) p.seq_q /= kDivisor;
  if (p.window.left >= 0) p.window.left = (p.window.left + 1) / kDivisor - 1;
  return shape;
}

}  // namespace

std::vector<Shape> model_shapes() {
  std::vector<Shape> shapes;
  add_layers(shapes);
  add_latent_attention(shapes);
  add_encoders(shapes);
  return shapes;
}

std::vector<Shape> model_shapes_for_cpu() {
  std::vector<Shape> shapes = model_shapes();
  std::ranges::transform(shapes, shapes.begin(), for_cpu);
  return shapes;
}

}  // namespace warpgauge::bench
