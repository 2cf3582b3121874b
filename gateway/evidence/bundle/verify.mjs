#!/usr/bin/env node
// 校验本证据包：只需 Node.js 18 以上，不联网，不改动任何文件。
// Checks this evidence bundle: needs nothing but Node.js 18 or newer, no network, changes nothing.
//
//   node verify.mjs [文件夹 folder] [--key 指纹 fingerprint]
//
// 退出码 exit status: 0 全部一致 all is well · 1 有不符 something does not match · 2 无法校验 cannot be checked
import { createHash, createPublicKey, verify } from 'node:crypto'
import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const START = '0'.repeat(64)
const ENTRY = /^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*){0,3}$/
/** The two that vouch for the rest are not listed by it. */
const OUTSIDE = new Set(['manifest.json', 'manifest.sig'])

const { folder, wantedKey } = argumentsOf(process.argv.slice(2))
const faults = []
let passed = 0

try {
  await check()
} catch (error) {
  say('!', `无法校验：${error.message}`, `cannot be checked: ${error.message}`)
  process.exit(2)
}

async function check() {
  const manifestText = read('manifest.json')
  const manifest = JSON.parse(manifestText)
  say(' ', `证据包 ${manifest.export?.id ?? '?'}`, `bundle ${manifest.export?.id ?? '?'}`)
  signatures(manifestText, manifest)
  const hashes = await files(manifest)
  items(manifest, hashes)
  custody(manifest)
  strangers(manifest)
  console.log('')
  if (faults.length > 0) {
    say('✗', `不通过：${faults.length} 处不符，${passed} 项一致`, `FAILED: ${faults.length} do not match, ${passed} do`)
    process.exit(1)
  }
  say('✓', `通过：${passed} 项全部一致`, `PASSED: all ${passed} checks hold`)
  const print = manifest.keyFingerprint.replace(/(.{8})/g, '$1 ').trim()
  if (wantedKey === undefined)
    say(
      ' ',
      `请与出具单位公布的公钥指纹核对：${print}（或用 --key 指定）`,
      `compare with the fingerprint that the issuing centre gives: ${print} (or use --key)`
    )
  process.exit(0)
}

function signatures(manifestText, manifest) {
  const key = createPublicKey(read('public-key.pem'))
  const print = fingerprint(key)
  const whole = verify(null, Buffer.from(manifestText), key, Buffer.from(read('manifest.sig').trim(), 'base64'))
  judge(whole, '清单签名 (Ed25519)', 'signature of the manifest (Ed25519)')
  judge(print === manifest.keyFingerprint, '公钥与清单所记指纹一致', 'public key is the one the manifest names')
  if (wantedKey !== undefined)
    judge(print === wantedKey, '公钥是指定的那一把', 'public key is the one that was asked for')
}

/** Gives the measured hash by entry. */
async function files(manifest) {
  const hashes = new Map()
  for (const { entry, bytes, sha256 } of manifest.files) {
    if (!ENTRY.test(entry)) {
      judge(false, `文件名不合规：${entry}`, `unsafe file name: ${entry}`)
      continue
    }
    const path = join(folder, ...entry.split('/'))
    if (!existsSync(path)) {
      judge(false, `缺少文件 ${entry}`, `file is missing: ${entry}`)
      continue
    }
    const measured = await sha256Of(path)
    hashes.set(entry, measured)
    judge(
      measured === sha256 && statSync(path).size === bytes,
      `文件 ${entry} SHA-256 ${sha256.slice(0, 12)}…`,
      `file ${entry}`
    )
  }
  return hashes
}

/** Every item was signed by itself when it was sealed, long before the bundle was made. */
function items(manifest, hashes) {
  for (const file of manifest.files.filter(each => each.role === 'evidence')) {
    const { evidenceId } = file
    const text = read(`items/${evidenceId}.json`)
    const { fingerprint: signer, signature } = JSON.parse(read(`items/${evidenceId}.sig.json`))
    const key = createPublicKey(read(`keys/${signer}.pem`))
    const own = fingerprint(key) === signer && verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64'))
    judge(own, `封存签名 ${evidenceId}`, `seal of ${evidenceId}`)
    judge(
      JSON.parse(text).file.sha256 === hashes.get(file.entry),
      `封存时的指纹与文件一致 ${evidenceId}`,
      `the file is what was sealed: ${evidenceId}`
    )
  }
}

/** Each line carries SHA-256 over the line before and its own content; the manifest names the newest. */
function custody(manifest) {
  const heads = new Map()
  let whole = true
  for (const line of read('custody.jsonl').split('\n').filter(Boolean)) {
    const { hash, prev, ...body } = JSON.parse(line)
    const before = heads.get(body.item) ?? { seq: 0, hash: START }
    const right = createHash('sha256')
      .update(`${prev}\n${canonical(body)}`)
      .digest('hex')
    if (prev !== before.hash || body.seq !== before.seq + 1 || right !== hash) {
      whole = false
      judge(
        false,
        `流转记录在第 ${body.seq} 行断开：${body.item}`,
        `custody breaks at line ${body.seq} of ${body.item}`
      )
    }
    heads.set(body.item, { seq: body.seq, hash })
  }
  for (const [item, head] of Object.entries(manifest.custody))
    if (heads.get(item)?.hash !== head.hash) {
      whole = false
      judge(false, `流转记录不完整：${item}`, `custody is not complete: ${item}`)
    }
  if (whole) judge(true, `流转记录链条完整（${heads.size} 件）`, `custody chains hold (${heads.size} items)`)
}

/** Told, and no fault: it proves nothing and harms nothing. */
function strangers(manifest) {
  const known = new Set([...manifest.files.map(file => file.entry), ...OUTSIDE])
  for (const name of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (name.isFile()) {
      const entry = relative(folder, join(name.parentPath ?? name.path, name.name))
        .split(sep)
        .join('/')
      if (!known.has(entry)) say('·', `不属于证据包：${entry}`, `not part of the bundle: ${entry}`)
    }
}

function judge(holds, zh, en) {
  if (holds) passed += 1
  else faults.push(en)
  say(holds ? '✓' : '✗', zh, en)
}

function say(mark, zh, en) {
  console.log(`${mark} ${zh}  |  ${en}`)
}

function read(entry) {
  try {
    return readFileSync(join(folder, ...entry.split('/')), 'utf8')
  } catch {
    throw new Error(entry)
  }
}

function sha256Of(path) {
  return new Promise((resolve, reject) => {
    const hash = createHash('sha256')
    createReadStream(path)
      .on('data', chunk => hash.update(chunk))
      .on('error', reject)
      .on('end', () => resolve(hash.digest('hex')))
  })
}

function fingerprint(key) {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')
}

function canonical(value) {
  return JSON.stringify(value, (_key, each) =>
    each !== null && typeof each === 'object' && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : each
  )
}

function argumentsOf(given) {
  const at = given.indexOf('--key')
  const key = at < 0 ? undefined : given[at + 1]?.replace(/[\s:]/g, '').toLowerCase()
  const rest =
    at < 0 ? given : given.toSpliced ? given.toSpliced(at, 2) : [...given.slice(0, at), ...given.slice(at + 2)]
  return { folder: rest[0] ?? dirname(fileURLToPath(import.meta.url)), wantedKey: key }
}
