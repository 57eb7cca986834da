#include "strongroom/log/witness_store.h"

#include <algorithm>

#include "log/c2sp_lines.h"
#include "strongroom/crypto/hash.h"
#include "strongroom/secret/secret_file.h"

namespace strongroom::log {
namespace {

constexpr std::string_view kWitnessFile = "witness";
constexpr std::string_view kKeyFile = "witness.key";
constexpr std::string_view kLogsFile = "logs";
constexpr std::string_view kStateFile = "state";
constexpr std::string_view kCheckpoints = "checkpoints";
constexpr std::string_view kServingLock = "lock";
constexpr std::string_view kLogsLock = "logs.lock";
constexpr std::uint64_t kMaxFile = 16 << 20;
constexpr std::size_t kSeedSize = 32;

Expected<std::string> ReadText(FileSystem& files, const std::string& path) {
  SR_ASSIGN_OR_RETURN(const Bytes bytes, ReadWhole(files, path, kMaxFile));
  return std::string(AsText(bytes));
}

Expected<std::unique_ptr<File>> TakeLock(FileSystem& files, const std::string& directory,
                                         std::string_view name) {
  SR_ASSIGN_OR_RETURN(auto file, files.Open(JoinPath(directory, name), OpenMode::kOpenOrCreate));
  SR_ASSIGN_OR_RETURN(const bool taken, file->TryLock());
  if (taken) return file;
  return Fail(ErrorCode::kUnavailable, "another process works with the witness " + directory);
}

Expected<CosignerKey> ReadKey(FileSystem& files, const std::string& directory) {
  SR_ASSIGN_OR_RETURN(const std::string text, ReadText(files, JoinPath(directory, kWitnessFile)));
  std::string_view rest = text;
  const auto line = TakeLine(rest);
  if (!line || !rest.empty())
    return Fail(ErrorCode::kMalformed, directory + "/witness does not hold one key");
  return ParseCosignerKey(*line);
}

Expected<std::vector<envelope::NoteKey>> ReadLogs(FileSystem& files, const std::string& directory) {
  SR_ASSIGN_OR_RETURN(const std::string text, ReadText(files, JoinPath(directory, kLogsFile)));
  std::vector<envelope::NoteKey> keys;
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto line = TakeLine(rest);
    if (!line) return Fail(ErrorCode::kMalformed, directory + "/logs ends without a newline");
    SR_ASSIGN_OR_RETURN(envelope::NoteKey key, envelope::ParseNoteKey(*line));
    keys.push_back(std::move(key));
  }
  return keys;
}

Status WriteLogs(FileSystem& files, const std::string& directory, std::span<const envelope::NoteKey> keys) {
  std::string text;
  for (const envelope::NoteKey& key : keys) text += key.ToText() + "\n";
  return WriteDurably(files, JoinPath(directory, kLogsFile), AsBytes(text));
}

Expected<WitnessState> ReadState(FileSystem& files, const std::string& directory) {
  const std::string path = JoinPath(directory, kStateFile);
  const auto text = ReadText(files, path);
  if (text) return ParseWitnessState(*text);
  if (text.error().code != ErrorCode::kNotFound) return std::unexpected(text.error());
  return Fail(ErrorCode::kTruncated,
              path + " is missing: a witness that forgot what it cosigned could cosign a fork",
              "make a new witness, with a new key, and have the logs and their readers replace this one");
}

Status FillWitness(FileSystem& files, const std::string& directory, const CosignerKey& key,
                   const SecretBytes& seed) {
  SR_RETURN_IF_ERROR(files.MakeDirectory(directory, 0700));
  SR_RETURN_IF_ERROR(files.MakeDirectory(JoinPath(directory, kCheckpoints), 0700));
  SR_RETURN_IF_ERROR(WriteDurably(files, JoinPath(directory, kKeyFile), seed.Expose()));
  SR_RETURN_IF_ERROR(WriteDurably(files, JoinPath(directory, kWitnessFile), AsBytes(key.ToText() + "\n")));
  SR_RETURN_IF_ERROR(WriteLogs(files, directory, {}));
  return WriteDurably(files, JoinPath(directory, kStateFile), AsBytes(SerializeWitnessState({})));
}

// The checkpoint of a request with the signatures of its log's keys, and of nobody else but this witness.
Expected<std::string> CosignedNote(std::string_view body, std::string_view cosignature_line,
                                   std::span<const envelope::NoteKey> logs) {
  SR_ASSIGN_OR_RETURN(const AddCheckpointRequest request, ParseAddCheckpointRequest(body));
  SR_ASSIGN_OR_RETURN(envelope::Note note, envelope::ParseNote(request.checkpoint_note, kMaxCheckpointSize));
  std::erase_if(note.signatures, [&](const envelope::NoteSignature& signature) {
    return std::ranges::none_of(logs, [&](const envelope::NoteKey& key) {
      return key.name == signature.name && key.id() == signature.key_id;
    });
  });
  return envelope::SerializeNote(note) + std::string(cosignature_line);
}

std::string CheckpointPath(const std::string& directory, std::string_view name) {
  return JoinPath(JoinPath(directory, kCheckpoints), name);
}

bool IsHexDigest(std::string_view text) {
  return text.size() == 2 * sizeof(Digest) &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

Expected<CosignerKey> CreateWitness(FileSystem& files, const std::string& directory,
                                    const std::string& name) {
  if (!envelope::IsNoteKeyName(name)) {
    return Fail(ErrorCode::kInvalidArgument, "'" + name + "' is not a name that a key can have");
  }
  if (files.Stat(directory)) return Fail(ErrorCode::kExists, directory + " is there already");
  const auto signing_key = crypto::Ed25519PrivateKey::Generate();
  const CosignerKey key{name, signing_key.public_key()};
  const std::string partial = directory + ".partial";
  SR_RETURN_IF_ERROR(files.RemoveTree(partial));
  SR_RETURN_IF_ERROR(FillWitness(files, partial, key, signing_key.seed()));
  SR_RETURN_IF_ERROR(files.RenameNoReplace(partial, directory));
  SR_RETURN_IF_ERROR(files.SyncDirectory(ParentDirectory(directory)));
  return key;
}

Status TrustLog(FileSystem& files, const std::string& directory, const envelope::NoteKey& log_key) {
  SR_RETURN_IF_ERROR(ReadKey(files, directory));
  SR_ASSIGN_OR_RETURN(const auto lock, TakeLock(files, directory, kLogsLock));
  SR_ASSIGN_OR_RETURN(auto keys, ReadLogs(files, directory));
  if (std::ranges::find(keys, log_key) != keys.end()) return {};
  keys.push_back(log_key);
  return WriteLogs(files, directory, keys);
}

Status DistrustLog(FileSystem& files, const std::string& directory, const envelope::NoteKey& log_key) {
  SR_RETURN_IF_ERROR(ReadKey(files, directory));
  SR_ASSIGN_OR_RETURN(const auto lock, TakeLock(files, directory, kLogsLock));
  SR_ASSIGN_OR_RETURN(auto keys, ReadLogs(files, directory));
  if (std::erase(keys, log_key) == 0) {
    return Fail(ErrorCode::kNotFound, "the witness does not know this key of " + log_key.name);
  }
  return WriteLogs(files, directory, keys);
}

Expected<WitnessOverview> ReadWitness(FileSystem& files, const std::string& directory) {
  WitnessOverview overview;
  SR_ASSIGN_OR_RETURN(overview.key, ReadKey(files, directory));
  SR_ASSIGN_OR_RETURN(overview.logs, ReadLogs(files, directory));
  SR_ASSIGN_OR_RETURN(overview.state, ReadState(files, directory));
  return overview;
}

WitnessStore::WitnessStore(FileSystem& files, std::string directory, WitnessOverview overview,
                           crypto::Ed25519PrivateKey key, std::unique_ptr<File> lock)
    : files_(&files),
      directory_(std::move(directory)),
      lock_(std::move(lock)),
      signing_key_(std::move(key)),
      overview_(std::move(overview)) {}

Expected<std::unique_ptr<WitnessStore>> WitnessStore::Open(FileSystem& files, const std::string& directory) {
  SR_RETURN_IF_ERROR(ReadKey(files, directory));
  SR_ASSIGN_OR_RETURN(auto lock, TakeLock(files, directory, kServingLock));
  SR_ASSIGN_OR_RETURN(WitnessOverview overview, ReadWitness(files, directory));
  SR_ASSIGN_OR_RETURN(SecretBytes seed, ReadSecretFile(files, JoinPath(directory, kKeyFile), kSeedSize));
  SR_ASSIGN_OR_RETURN(auto key, crypto::Ed25519PrivateKey::FromSeed(std::move(seed)));
  if (key.public_key() != overview.key.key) {
    return Fail(ErrorCode::kAltered,
                directory + "/witness.key is not the key that " + directory + "/witness names");
  }
  std::unique_ptr<WitnessStore> store(
      new WitnessStore(files, directory, std::move(overview), std::move(key), std::move(lock)));
  SR_RETURN_IF_ERROR(store->CheckStateIsNewest());
  return store;
}

// A state put back from a backup is noticed where the checkpoints were not.
Status WitnessStore::CheckStateIsNewest() const {
  SR_ASSIGN_OR_RETURN(const auto names, files_->List(JoinPath(directory_, kCheckpoints)));
  for (const std::string& name : names) {
    if (!IsHexDigest(name)) continue;  // left on its way to its name
    const std::string path = CheckpointPath(directory_, name);
    SR_ASSIGN_OR_RETURN(const std::string text, ReadText(*files_, path));
    SR_ASSIGN_OR_RETURN(const envelope::Note note, envelope::ParseNote(text, kMaxCheckpointSize));
    SR_ASSIGN_OR_RETURN(const Checkpoint checkpoint, ParseCheckpointText(note.text));
    const auto found = overview_.state.find(checkpoint.origin);
    const WitnessedTree last = found == overview_.state.end() ? WitnessedTree{} : found->second;
    if (last.size > checkpoint.size || (last.size == checkpoint.size && last.root == checkpoint.root))
      continue;
    return Fail(ErrorCode::kRolledBack,
                directory_ + "/state ends at " + std::to_string(last.size) + " entries of " +
                    checkpoint.origin + ", and " + path + " was cosigned at " +
                    std::to_string(checkpoint.size),
                "put back the newest state: with an older one this witness could cosign a fork");
  }
  return {};
}

Expected<AddCheckpointAnswer> WitnessStore::AddCheckpoint(std::string_view body, Timestamp now) {
  const std::lock_guard one_at_a_time(mutex_);
  SR_ASSIGN_OR_RETURN(overview_.logs, ReadLogs(*files_, directory_));
  const Witness witness{overview_.key.name, &signing_key_, overview_.logs};
  AddCheckpointAnswer answer = AnswerAddCheckpoint(body, witness, overview_.state, now);
  if (answer.next) SR_RETURN_IF_ERROR(Keep(answer, body));
  return answer;
}

// Makes the new state durable, and then the checkpoint, which may be an older one after a crash.
Status WitnessStore::Keep(const AddCheckpointAnswer& answer, std::string_view body) {
  const std::string text = SerializeWitnessState(*answer.next);
  SR_RETURN_IF_ERROR(WriteDurably(*files_, JoinPath(directory_, kStateFile), AsBytes(text)));
  overview_.state = *answer.next;
  SR_ASSIGN_OR_RETURN(const std::string note, CosignedNote(body, answer.body, overview_.logs));
  SR_ASSIGN_OR_RETURN(const envelope::Note parsed, envelope::ParseNote(note, kMaxCheckpointSize));
  SR_ASSIGN_OR_RETURN(const Checkpoint checkpoint, ParseCheckpointText(parsed.text));
  const std::string name = Hex(crypto::Sha256(AsBytes(checkpoint.origin)));
  return WriteDurably(*files_, CheckpointPath(directory_, name), AsBytes(note));
}

Expected<std::string> WitnessStore::NewestCheckpoint(std::string_view origin_hash) const {
  if (!IsHexDigest(origin_hash)) {
    return Fail(ErrorCode::kNotFound, "a log is named by 64 hexadecimal digits, SHA-256 of its origin");
  }
  const std::lock_guard lock(mutex_);
  return ReadText(*files_, CheckpointPath(directory_, origin_hash));
}

}  // namespace strongroom::log
