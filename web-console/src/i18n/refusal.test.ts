/** What a refusal says beside its code. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import i18next from 'i18next'
import { beforeAll, expect, it } from 'vitest'
import { Refusal } from '../wire/api.ts'
import * as en from './en/index.ts'
import { logInRefusalText, refusalText } from './refusal.ts'
import * as zh from './zh/index.ts'

const GATEWAY = join(import.meta.dirname, '../../../gateway')
/** Of steps that no person takes: the gateway tells them to itself. */
const OWN_STEPS = new Set([
  'a press after the end opens an incident of its own',
  'after the end nobody is told to call',
  'the floor was told already',
  'they still have time to answer'
])

/** Reasons beside ILLEGAL_TRANSITION as they stand in the gateway, what is filled in as a figure. */
function reasonsGiven(): readonly string[] {
  const files = globSync('**/*.ts', { cwd: GATEWAY }).filter(file => !/\.test\.ts$|^testing/.test(file))
  return files.flatMap(file => {
    const text = readFileSync(join(GATEWAY, file), 'utf8')
    const direct = text.matchAll(/'ILLEGAL_TRANSITION',\s*(?:\{ why: )?(['`])(.+?)\1/g)
    const called = file === 'core/callout.ts' ? text.matchAll(/refuse\((')(.+?)\1\)/g) : []
    return [...direct, ...called].map(([, , why = '']) => why.replace(/\$\{[^}]+\}/g, '7'))
  })
}

beforeAll(async () => {
  await i18next.init({ lng: 'zh-CN', resources: { 'zh-CN': zh, en }, ns: Object.keys(zh) })
})

it('says which seat was quicker, where it is known', () => {
  const said = (detail: Record<string, number>) => refusalText(new Refusal('NOT_OWNER', 409, '', detail), i18next.t)
  expect(said({ seat: 4 })).toBe('4 席已接，可由班长接管')
  expect(said({})).toBe('别的席位已接，可由班长接管')
})

it('every reason that a person can meet has a sentence of its own, in both languages', () => {
  const reasons = reasonsGiven().filter(why => !OWN_STEPS.has(why))
  expect(reasons.length).toBeGreaterThan(50)
  const general = (language: string) => i18next.getFixedT(language)('words:error.ILLEGAL_TRANSITION')
  for (const language of ['zh-CN', 'en']) {
    const t = i18next.getFixedT(language)
    const bare = reasons.filter(why => {
      const text = refusalText(new Refusal('ILLEGAL_TRANSITION', 409, '', { why }), t)
      return text === general(language) || text.includes('illegal.') || text.includes('{{')
    })
    expect(bare).toEqual([])
  }
})

it('names what the reason names', () => {
  const said = (why: string) => refusalText(new Refusal('ILLEGAL_TRANSITION', 409, '', { why }), i18next.t)
  expect(said('1128-0003 of the same place is open')).toBe('同一地点已有 1128-0003 未结，请在那一起里处理')
  expect(said('closes by itself after 24 h')).toBe('解除不满 24 小时，到时自动归档')
})

it('before the log-in says that the disk is full, since pressing again is no help', () => {
  const said = (code: 'STORE_FAILED' | 'LOGIN_REFUSED') => logInRefusalText(new Refusal(code, 503, ''), i18next.t)
  expect(said('STORE_FAILED')).toContain('磁盘写不进')
  expect(said('LOGIN_REFUSED')).toBe('工号或密码不对')
})
