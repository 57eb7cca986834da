#include "bundle/parity.h"

#include <isa-l/erasure_code.h>

#include <algorithm>
#include <utility>

#include "bundle/leaves.h"
#include "bundle/tasks.h"

namespace strongroom::bundle {
namespace {

using crypto::kLeafSize;

constexpr std::uint64_t kMemoryPerThread = 2 << 20;
constexpr std::uint64_t kMemory =
    128 << 20;  // of all threads; a single leaf of each member of a large group is more than the above
constexpr std::size_t kTableSize = 32;  // ISA-L's expanded form of one coefficient

// The rows of a group's generator matrix, one for each member: the identity, then c(j, s) = 1 / ((k + j) xor
// s).
Bytes Generator(const ParityGroup& group) {
  Bytes matrix(group.size() * group.data.size());
  gf_gen_cauchy1_matrix(matrix.data(), static_cast<int>(group.size()), static_cast<int>(group.data.size()));
  return matrix;
}

Bytes Rows(const Bytes& matrix, std::size_t width, std::span<const std::uint32_t> rows) {
  Bytes out;
  for (const std::uint32_t row : rows) {
    const auto begin = matrix.begin() + static_cast<std::ptrdiff_t>(row * width);
    out.insert(out.end(), begin, begin + static_cast<std::ptrdiff_t>(width));
  }
  return out;
}

Bytes Multiply(const Bytes& a, const Bytes& b, std::size_t width) {
  Bytes product(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t k = 0; k < width; ++k) {
      product[i] ^= gf_mul(a[i / width * width + k], b[k * width + i % width]);
    }
  }
  return product;
}

// What one thread needs for `leaves` leaves of each member of a group.
struct StripeScratch {
  StripeScratch(const ParityGroup& group, std::uint64_t leaves, const crypto::BulkCrypto& bulk)
      : worker(bulk.NewWorker()), data(group.data.size(), Bytes(leaves * kLeafSize)) {
    for (std::size_t i = 0; i < group.parity.size(); ++i) rows.emplace_back(leaves);
  }
  std::unique_ptr<crypto::BulkWorker> worker;
  std::vector<Bytes> data;
  std::vector<crypto::LeafBuffer> rows;
};

// GroupWriter writes the parity files of a group, stripe by stripe.
class GroupWriter {
 public:
  GroupWriter(const ParityGroup& group, std::uint64_t length)
      : group_(group), length_(length), matrix_(MakeMatrix(group)) {
    leaves_.assign(group.parity.size(), std::vector<Digest>(LeafCount(length)));
  }

  Status Open(store::Store& store) {
    for (std::uint32_t i = 0; i < group_.size(); ++i) {
      const bool data = i < group_.data.size();
      SR_ASSIGN_OR_RETURN(std::unique_ptr<File> file,
                          data ? store.OpenForReading(group_.Name(i)) : CreateAnew(store, group_.Name(i)));
      files_.push_back(std::move(file));
    }
    return {};
  }

  Status WriteStripe(StripeScratch& scratch, std::uint64_t first, std::uint64_t count) {
    const std::uint64_t begin = first * kLeafSize, end = std::min(length_, (first + count) * kLeafSize);
    for (std::size_t i = 0; i < group_.data.size(); ++i) {
      SR_RETURN_IF_ERROR(files_[i]->ReadAt(begin, MutableBytes(scratch.data[i]).first(end - begin)));
    }
    for (std::uint64_t i = 0; i < count; ++i) Encode(scratch, i, LeafSize(length_, first + i));
    for (std::size_t row = 0; row < group_.parity.size(); ++row) {
      crypto::LeafBuffer& buffer = scratch.rows[row];
      std::vector<ByteView> pieces;
      std::as_const(buffer).Pieces(0, end - begin, pieces);
      scratch.worker->HashLeaves(buffer, 0, LeafSize(length_, first + count - 1),
                                 std::span(leaves_[row]).subspan(first, count));
      SR_RETURN_IF_ERROR(files_[group_.data.size() + row]->WritevAt(begin, pieces));
    }
    return {};
  }

  Expected<std::vector<FinishedFile>> Finish(store::Store& store) {
    std::vector<FinishedFile> finished(group_.parity.size());
    for (std::size_t row = 0; row < group_.parity.size(); ++row) {
      SR_RETURN_IF_ERROR(files_[group_.data.size() + row]->Sync());
      finished[row].subjects = MakeSubjects(group_.parity[row], length_, leaves_[row]);
      SR_RETURN_IF_ERROR(WriteLeaves(store, finished[row].subjects.leaves.name, leaves_[row]));
    }
    SR_RETURN_IF_ERROR(store.SyncNames());
    return finished;
  }

 private:
  static ParityMatrix MakeMatrix(const ParityGroup& group) {
    std::vector<std::uint32_t> sources, wanted;
    for (std::uint32_t i = 0; i < group.size(); ++i) (i < group.data.size() ? sources : wanted).push_back(i);
    return ParityMatrix(group, sources, wanted);
  }

  void Encode(StripeScratch& scratch, std::uint64_t leaf, std::uint64_t size) const {
    std::vector<const std::uint8_t*> sources;
    std::vector<std::uint8_t*> out;
    for (const Bytes& data : scratch.data) sources.push_back(data.data() + leaf * kLeafSize);
    for (crypto::LeafBuffer& row : scratch.rows) out.push_back(row.Window(leaf).data());
    matrix_.Compute(size, sources, out);
  }

  const ParityGroup& group_;
  const std::uint64_t length_;
  const ParityMatrix matrix_;
  std::vector<std::unique_ptr<File>> files_;
  std::vector<std::vector<Digest>> leaves_;  // of each parity file
};

}  // namespace

std::vector<ParityGroup> ParityGroups(std::uint32_t shards, const std::optional<ParitySpec>& spec) {
  const ParitySpec shape = spec.value_or(ParitySpec{.data = 1, .parity = 0});
  std::vector<ParityGroup> groups;
  std::uint32_t parity = 0;
  for (std::uint32_t i = 0; i < shards; ++i) {
    if (i % shape.data == 0) {
      groups.emplace_back();
      for (std::uint32_t row = 0; row < shape.parity; ++row) groups.back().parity.push_back(ParityName(parity++));
    }
    groups.back().data.push_back(ShardName(i));
  }
  groups.push_back({.data = {kCatalogueName}, .parity = {}});
  if (spec) groups.back().parity.push_back(kCatalogueParityName);
  return groups;
}

ParityMatrix::ParityMatrix(const ParityGroup& group, std::span<const std::uint32_t> sources,
                           std::span<const std::uint32_t> wanted)
    : sources_(static_cast<int>(sources.size())),
      wanted_(static_cast<int>(wanted.size())),
      tables_(kTableSize * sources.size() * wanted.size()) {
  const std::size_t width = group.data.size();
  const Bytes generator = Generator(group);
  // sources = G_sources * data, so wanted = G_wanted * inverse(G_sources) * sources. Every square part of a
  // Cauchy matrix under an identity has an inverse.
  Bytes from = Rows(generator, width, sources);
  Bytes inverse(from.size());
  gf_invert_matrix(from.data(), inverse.data(), sources_);
  Bytes coefficients = Multiply(Rows(generator, width, wanted), inverse, width);
  ec_init_tables(sources_, wanted_, coefficients.data(), tables_.data());
}

void ParityMatrix::Compute(std::size_t size, std::span<const std::uint8_t* const> sources,
                           std::span<std::uint8_t* const> out) const {
  // ISA-L takes mutable pointers to what it only reads.
  auto* tables = const_cast<std::uint8_t*>(tables_.data());
  auto** in = const_cast<std::uint8_t**>(sources.data());
  auto** to = const_cast<std::uint8_t**>(out.data());
  ec_encode_data(static_cast<int>(size), sources_, wanted_, tables, in, to);
}

std::uint64_t LeavesAtOnce(std::uint32_t members) {
  return std::max<std::uint64_t>(1, kMemoryPerThread / (members * kLeafSize));
}

unsigned StripeThreads(std::uint32_t members, unsigned threads) {
  const std::uint64_t each = LeavesAtOnce(members) * members * kLeafSize;
  return static_cast<unsigned>(std::clamp<std::uint64_t>(kMemory / each, 1, threads));
}

Expected<std::vector<FinishedFile>> WriteParity(store::Store& store, const ParityGroup& group,
                                                std::uint64_t length, const crypto::BulkCrypto& bulk,
                                                unsigned threads, std::stop_token stop) {
  GroupWriter writer(group, length);
  SR_RETURN_IF_ERROR(writer.Open(store));
  const std::uint64_t at_once = LeavesAtOnce(group.size()), leaves = LeafCount(length);
  SR_RETURN_IF_ERROR(ForEachTask(
      StripeThreads(group.size(), threads), (leaves + at_once - 1) / at_once, stop,
      [&] { return std::make_unique<StripeScratch>(group, at_once, bulk); },
      [&](std::unique_ptr<StripeScratch>& scratch, std::uint64_t i) {
        return writer.WriteStripe(*scratch, i * at_once, std::min(at_once, leaves - i * at_once));
      }));
  return writer.Finish(store);
}

}  // namespace strongroom::bundle
