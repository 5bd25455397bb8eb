-- Takes one event into a conversation's log and publishes it, or does nothing but count the event that it drops.
--
-- KEYS  meta, log, ids, interim, over, interim ids, older interim ids (see keys.ts)
-- ARGV  see below, in the order of the locals
-- What is the same for every event stands before this text, as locals: FORMAT, PUBLISH (the command), HISTORY_SIZE, and
-- in seconds HISTORY_TTL, FINISHED_TTL (in its place once the conversation is finished), META_EXTRA_TTL (how much longer
-- all but the log lives), INTERIM_TTL and INTERIM_IDS_TTL.
-- Returns {outcome, epoch, offset, tag, reason}: outcome is 'appended', 'duplicate' (the message was taken before) or
-- 'superseded' (an interim transcript that a newer one, or the end of its utterance, has overtaken); the position is
-- that of the log's top afterwards.
local meta_key, log_key, ids_key, interim_key, over_key = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local interim_ids_key, older_interim_ids_key = KEYS[6], KEYS[7]
local channel = ARGV[1]
local member = ARGV[2]              -- identifies the message for ever; '' when it has no id
local header, json = ARGV[3], ARGV[4]
local new_epoch, new_tag = ARGV[5], ARGV[6]
local closes = ARGV[7]              -- message id of the utterance that ends here, or ''
local is_interim = ARGV[8] == '1'
local participant, message = ARGV[9], ARGV[10]
local publish_time = ARGV[11]       -- of a form that sorts as text; '' when unknown
local finishes = ARGV[12] == '1'
local mark = ARGV[13]               -- what the event says of the conversation for good, or '' (see event.ts)

-- A long call has thousands of interim transcripts, and one that comes again late is nearly always of an utterance that
-- is over or has a newer one. So only the ids of the latest are kept, in two sets: when the newer one is full it takes
-- the place of the older. Redis keeps so many integers in 8 bytes each (set-max-intset-entries).
local INTERIM_IDS_MAX = 512

-- Redis does not roll a failed script back. So everything is read before anything is written: a key of another type
-- fails the script while it has still changed nothing.
local meta = redis.call('HMGET', meta_key, 'epoch', 'offset', 'tag', 'interims', 'finished')
local epoch, offset, tag, interims = meta[1], tonumber(meta[2] or '0'), meta[3] or '0', tonumber(meta[4] or '0')
local is_finished = finishes or meta[5] == '1'
local is_new = not epoch
local known, is_full = false, false
if member ~= '' and is_interim then
  is_full = redis.call('SCARD', interim_ids_key) >= INTERIM_IDS_MAX
  local is_older = redis.call('SISMEMBER', older_interim_ids_key, member) == 1
  known = is_older or redis.call('SISMEMBER', interim_ids_key, member) == 1
elseif member ~= '' then
  known = redis.call('SISMEMBER', ids_key, member) == 1
end
local has_utterance = is_interim and participant ~= '' and message ~= ''
local utterance = participant .. ' ' .. message
local is_over = has_utterance and redis.call('SISMEMBER', over_key, message) == 1
local newest = has_utterance and redis.call('HGET', interim_key, utterance)
local open_utterances = redis.call('HKEYS', interim_key)
redis.call('SCARD', over_key)

-- How many events were dropped, for `POST /admin/trace`. A Redis that takes no writes still drops them: so errors pass.
local function count(field)
  redis.pcall('HINCRBY', meta_key, field, 1)
end

if known and not is_new then
  count('duplicates')
  return {'duplicate', epoch, offset, tag}
end
-- An event that is in the log and may not be published would be heard of only when somebody looks. Redis 7 can say so
-- beforehand.
if redis.acl_check_cmd and not redis.acl_check_cmd(PUBLISH, channel, '') then
  return redis.error_reply('NOPERM this user may not run ' .. PUBLISH .. ' on the channels of conversations')
end
if is_new then
  -- A new life of the log: what an earlier one left behind (eviction takes keys one by one) must not be inherited.
  -- Only then: after its first write Redis lets a script go on past `maxmemory`, and DEL is a write.
  local others = {log_key, ids_key, interim_key, over_key, interim_ids_key, older_interim_ids_key}
  if redis.call('EXISTS', unpack(others)) > 0 then
    redis.call('DEL', unpack(others))
  end
  epoch = new_epoch
  newest, is_over, is_full, open_utterances = false, false, false, {}
end
if is_over then
  count('over')
  return {'superseded', epoch, offset, tag, 'over'}
end
if newest and publish_time ~= '' and string.match(newest, '^%S*') > publish_time then
  count('stale')
  return {'superseded', epoch, offset, tag, 'stale'}
end

local log_ttl = is_finished and math.min(HISTORY_TTL, FINISHED_TTL) or HISTORY_TTL
local meta_ttl = log_ttl + META_EXTRA_TTL

local message_on_channel
if is_interim then
  interims = interims + 1
  redis.call('HSET', meta_key, 'epoch', epoch, 'offset', offset, 'tag', tag, 'interims', interims)
  if has_utterance and closes == '' then
    local now = tonumber(redis.call('TIME')[1])
    if not newest then
      -- An utterance whose end nobody announces would otherwise stay for as long as others follow it.
      for _, name in ipairs(open_utterances) do
        local said_at = tonumber(string.match(redis.call('HGET', interim_key, name), '^%S* (%d+) '))
        if said_at == nil or said_at < now - INTERIM_TTL then
          redis.call('HDEL', interim_key, name)
        end
      end
    end
    redis.call('HSET', interim_key, utterance,
      publish_time .. ' ' .. now .. ' ' .. interims .. ' ' .. header .. '\n' .. json)
    redis.call('EXPIRE', interim_key, INTERIM_TTL)
  end
  message_on_channel = FORMAT .. 'i ' .. epoch .. ' ' .. offset .. ' ' .. tag .. ' ' .. interims
else
  local previous_tag = tag
  offset, tag = offset + 1, new_tag
  -- The entry before the counter: a counter that moved without its entry would be a hole for ever.
  redis.call('XADD', log_key, 'MAXLEN', '=', HISTORY_SIZE, offset .. '-0',
    'h', header, 't', tag, 'p', previous_tag, 'e', json)
  redis.call('HSET', meta_key, 'epoch', epoch, 'offset', offset, 'tag', tag)
  if finishes then
    redis.call('HSET', meta_key, 'finished', '1')
  end
  if mark ~= '' then
    redis.call('HSET', meta_key, mark, publish_time ~= '' and publish_time or '0')
  end
  redis.call('EXPIRE', log_key, log_ttl)
  message_on_channel = FORMAT .. 'e ' .. epoch .. ' ' .. offset .. ' ' .. tag .. ' ' .. previous_tag
end
redis.call('EXPIRE', meta_key, meta_ttl)

if member ~= '' and is_interim then
  if is_full then
    redis.call('RENAME', interim_ids_key, older_interim_ids_key)
  end
  redis.call('SADD', interim_ids_key, member)
  redis.call('EXPIRE', interim_ids_key, INTERIM_IDS_TTL)
elseif member ~= '' then
  redis.call('SADD', ids_key, member)
  redis.call('EXPIRE', ids_key, meta_ttl)
end
if closes ~= '' then
  redis.call('SADD', over_key, closes)
  redis.call('EXPIRE', over_key, meta_ttl)
  local suffix = ' ' .. closes
  for _, name in ipairs(open_utterances) do
    if string.sub(name, -#suffix) == suffix then
      redis.call('HDEL', interim_key, name)
    end
  end
end

redis.call(PUBLISH, channel, message_on_channel .. ' ' .. header .. '\n' .. json)
return {'appended', epoch, offset, tag}
