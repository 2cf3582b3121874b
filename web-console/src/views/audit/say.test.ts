/** The audit log in words: no name of a field and no code of ours is left to be guessed, what people wrote stays as it is. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import i18next from 'i18next'
import { beforeAll, expect, it } from 'vitest'
import * as en from '../../i18n/en/index.ts'
import * as zh from '../../i18n/zh/index.ts'
import { auditDetail, auditObject, auditReason, auditWho } from './say.ts'

const { t } = i18next
const ZONE = 'Asia/Shanghai'

beforeAll(async () => {
  await i18next.init({
    ...{ lng: 'zh-CN', resources: { 'zh-CN': zh, en }, interpolation: { escapeValue: false }, showSupportNotice: false }
  })
})

it('says fields, codes, times and hashes', async () => {
  const detail = {
    ...{ kind: 'clip', custodySeq: 12, custodyHash: 'ab'.repeat(32), bytes: 1_500_000 },
    ...{ fromMs: Date.UTC(2026, 10, 28, 3), lockedMs: 90_000, audio: true, change: 'made' }
  }
  expect(auditDetail({ detail }, ZONE, t)).toBe(
    '类型 录像 · 流转号 12 · 流转校验 abababababab… · 大小 1.5 MB · 起 2026-11-28 11:00:00 · 锁定 1 分 30 秒 · 声音 是 · 变更 新增'
  )
  await i18next.changeLanguage('en')
  expect(auditDetail({ detail: { change: 'made', role: 'leader', state: 'onScene' } }, ZONE, t)).toBe(
    'change made · role Watch leader · state On scene'
  )
  expect(auditDetail({ detail: { camera: '闽J·T0637 车载 1' } }, ZONE, t)).toBe('camera 闽J·T0637 In-car 1')
  await i18next.changeLanguage('zh-CN')
})

it('leaves names, ids and what it does not know', () => {
  expect(auditDetail({ detail: { id: 'inc-7', file: '住户 表.csv', odd: 'sip:6650147' } }, ZONE, t)).toBe(
    '编号 inc-7 · 文件 住户 表.csv · odd sip:6650147'
  )
  expect([auditWho('system', t), auditWho('api 县平台', t), auditWho('10327 林晓', t)]).toEqual([
    ...['系统', '接口 县平台', '10327 林晓']
  ])
  expect([auditObject('camera:c-7', t), auditObject('board', t), auditObject('mqtt:linxi/box-03', t)]).toEqual([
    ...['摄像机 c-7', '看板', 'mqtt:linxi/box-03']
  ])
  // What the gateway itself did, and on what, is no code either.
  expect(auditDetail({ detail: { by: 'system', source: 'camera:c-7' } }, ZONE, t)).toBe('由 系统 · 报警源 摄像机 c-7')
  expect(auditDetail({ detail: { by: 'webrtc' } }, ZONE, t)).toBe('由 WebRTC')
  expect(auditDetail({ detail: { by: 'session lost' } }, ZONE, t)).toBe('由 席位断线')
  expect(auditDetail({ detail: { by: 'owner' } }, ZONE, t)).toBe('由 承办人')
  expect(auditDetail({ detail: { by: 'operator' } }, ZONE, t)).toBe('由 值班员')
  expect([auditObject('units', t), auditReason('moved', t)]).toEqual(['各力量位置', '本人在别处登录'])
  expect([auditReason('alarm', t), auditReason('CAMERA_CLOSED', t), auditReason('看门口的人', t)]).toEqual([
    ...['报警', expect.not.stringContaining('CAMERA'), '看门口的人']
  ])
})

it('has a word for every field that an incident puts on record', () => {
  const file = fileURLToPath(new URL('../../../../gateway/incident/incidents.ts', import.meta.url))
  const [list = ''] = /const AUDITED = \[[\s\S]*?\n\]/.exec(readFileSync(file, 'utf8')) ?? []
  const fields = [...list.matchAll(/'(\w+)'/g)].map(([, name = '']) => name)
  expect(fields.length).toBeGreaterThan(15)
  for (const name of ['id', 'state', ...fields]) expect(zh.audit.field, name).toHaveProperty(name)
})

it('has a word for every way in which a session ends, or is refused', () => {
  const file = fileURLToPath(new URL('../../../../gateway/access/audit.ts', import.meta.url))
  const types = [...readFileSync(file, 'utf8').matchAll(/type (?:SessionEnd|LoginRefusal) = (.*)/g)]
  const reasons = types.flatMap(([, list = '']) => [...list.matchAll(/'(\w+)'/g)].map(([, name = '']) => name))
  expect(reasons.length).toBeGreaterThan(8)
  for (const reason of reasons) {
    expect(zh.audit.reason, reason).toHaveProperty(reason)
    expect(en.audit.reason, reason).toHaveProperty(reason)
  }
})
