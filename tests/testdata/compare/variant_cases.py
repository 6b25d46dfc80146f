"""Cases whose names are keys of bench with variants of attention."""
from case_folder import THREE, case, of
from documents import baseline, fingerprinted

OF_OLD_KEYS = {"cpu/blas/f32/B:1/H:4/S:128/D:64/causal:0": 680e3, "cpu/blas/f32/B:1/H:8/Hkv:2/S:512/D:64/causal:1": 9.4e6,
               "cpu/naive/f32/B:2/H:4/Hkv:2/S:1/Sk:512/D:64/causal:0": 266e3}
OF_VARIANTS = {"cpu/blas/f32/B:1/H:2/Hkv:1/S:1024/D:256/causal:1/window:511,0/softcap:50": 31e6,
               "cpu/blas/f32/B:1/H:128/Hkv:1/S:1/Sk:512/D:576/Dv:512/causal:0": 5.2e6,
               "cuda/naive/bf16/B:8/H:64/Hkv:8/S:1/Sk:4096/D:64/causal:1/window:127,0/sinks:1/bias:tensor/scale:0.0625": 41e3}
REPORTS = " --markdown $OUT/comment.md --junit $OUT/junit.xml --github"


def variants():
    sides = (("base", 10, {}), ("head", 20, {"window:": 1.3}))
    case("variants", THREE + REPORTS, {f"{side}{i}.json": fingerprinted(seed + i, times=OF_OLD_KEYS | OF_VARIANTS, scale=scale)
                                       for side, seed, scale in sides for i in range(3)})
    # A bench that knows variants against a baseline of one that does not: the old keys are compared, the others are new.
    case("baseline_of_old_keys", of("variants", "gate --baseline $OUT/baselines --head head0.json head1.json head2.json"),
         {"before/baselines/cpu-intel-6-143-8-2t-c6a4e752/ci.json": baseline(10, OF_OLD_KEYS)})
    case("variants_filter", of("variants", THREE) + " --filter 'window:511,0/'", {})
