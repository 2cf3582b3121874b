/** Every form of the administration with wrong input, in Chromium over a whole gateway, the largest in both languages: each fault is said at its field, and what was typed stays. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createFakeProtocol } from '../gateway/testing/fake-protocol.ts'
import { type RunningGateway, runGateway } from '../gateway/testing/run-gateway.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { reads } from './browser/checks.ts'
import { firstPage, openBrowser } from './browser/chromium.ts'
import { PATIENCE_MS, speak } from './browser/pages.ts'

const ROOT = join(import.meta.dirname, '..')
const DIST = join(ROOT, 'web-console', 'dist')
const TEST_MS = 180_000
const dir = tempDir('manage-forms')
let running: RunningGateway
let context: BrowserContext
let page: Page

interface Form {
  readonly path: string
  /** Of `manage:add`; absent: the form is open from the start. */
  readonly add?: string
  /** Fields that are typed into, and what. */
  readonly type: Readonly<Record<string, string>>
  /** Buttons pressed before it is typed, by their word in `manage`. */
  readonly press?: readonly string[]
  /** Field → code of what is said there. */
  readonly said: Readonly<Record<string, string>>
}

const FORMS: Readonly<Record<string, Form>> = {
  'an empty patrol route': {
    ...{ path: '/manage?tab=routes', add: 'route', type: {} },
    said: { name: 'required', unitIds: 'noUnit', rota: 'atLeastOne', points: 'atLeastOne' }
  },
  'a wrong patrol route': {
    ...{ path: '/manage?tab=routes', add: 'route', press: ['unit.addSpan', 'route.addPoint'] },
    type: { name: '东'.repeat(61), 'rota.0.to': '25:00', 'points.0.place': '东门口', 'points.0.radiusM': '9' },
    said: {
      ...{ name: 'tooLong', unitIds: 'noUnit', 'rota.0.to': 'clock', 'points.0.name': 'required' },
      ...{ 'points.0.place': 'coordinate', 'points.0.radiusM': 'range' }
    }
  },
  'a route with a name that is far too long': {
    ...{ path: '/manage?tab=routes', add: 'route', type: { name: '东'.repeat(900) }, said: { name: 'farTooLong' } }
  },
  'a wrong household': {
    ...{ path: '/manage?tab=households', add: 'household', press: ['addContact'] },
    type: {
      ...{ name: '陈'.repeat(201), phone: '六六五', position: '北纬', medicalNote: '病'.repeat(1_001) },
      ...{ 'sources.0.id': '6650147', 'contacts.0.phone': '12', 'consent.by': '陈桂芳' }
    },
    said: {
      ...{ name: 'tooLong', phone: 'number', address: 'required', position: 'coordinate', medicalNote: 'tooLong' },
      ...{ 'sources.0.id': 'taken', 'contacts.0.name': 'required', 'contacts.0.phone': 'number', 'consent.on': 'day' }
    }
  },
  'phrases that are far too long': {
    ...{ path: '/manage?tab=households', add: 'household' },
    ...{ type: { 'phrases.safe': '句'.repeat(101) }, said: { 'phrases.safe': 'farTooLong' } }
  },
  'a wrong vehicle': {
    ...{ path: '/manage?tab=vehicles', add: 'vehicle', type: { 'sources.0.id': 'x y' } },
    said: { name: 'required', 'sources.0.id': 'source' }
  },
  'a group that exists': {
    ...{ path: '/manage?tab=groups', add: 'group', type: { name: '杏花巷第一组' }, said: { name: 'nameTaken' } }
  },
  'a wrong unit': {
    ...{ path: '/manage?tab=units', add: 'unit', press: ['unit.addSpan'] },
    type: { memberCount: '0', speedKmh: '900', phone: '1-1', 'rota.0.from': '8', 'rota.0.to': '' },
    said: {
      ...{ name: 'required', memberCount: 'range', speedKmh: 'range', phone: 'number' },
      ...{ 'rota.0.from': 'clock', 'rota.0.to': 'clock' }
    }
  },
  'a wrong camera': {
    ...{ path: '/manage?tab=cameras', add: 'camera' },
    type: {
      ...{ yawDeg: '999', fovDeg: '0', nationalCode: '350922', sourceIds: '6659999', password: 'x' },
      ...{ mainUrl: 'http://10.0.8.31/', address: 'a b' }
    },
    said: {
      ...{ name: 'required', position: 'required', yawDeg: 'range', fovDeg: 'range', nationalCode: 'code20' },
      ...{ sourceIds: 'noSource', username: 'required', mainUrl: 'url' }
    }
  },
  'a wrong person': {
    ...{ path: '/manage?tab=users', add: 'user', type: { login: '一号' }, said: { login: 'login', name: 'required' } }
  },
  'a person who is there': {
    ...{ path: '/manage?tab=users', add: 'user', type: { login: '10001', name: '林晓' }, said: { login: 'taken' } }
  },
  'an empty token': {
    ...{ path: '/manage?tab=tokens', add: 'token', type: {}, said: { name: 'required', scopes: 'chooseOne' } }
  },
  'wrong settings': {
    path: '/manage?tab=settings',
    type: { 'p1.acceptMs': '很快', ownLaterMs: '-4' },
    said: { 'p1.acceptMs': 'range', ownLaterMs: 'range', reason: 'required' }
  },
  'settings with a reason that is far too long': {
    ...{ path: '/manage?tab=settings', type: { reason: '因'.repeat(401) }, said: { reason: 'farTooLong' } }
  }
}

type Words = { readonly [key: string]: string | Words }
const wordsOf = (language: string): Words =>
  JSON.parse(readFileSync(join(ROOT, 'web-console/src/i18n', language, 'manage.json'), 'utf8')) as Words
function word(words: Words, key: string): string {
  const found = key
    .split('.')
    .reduce<string | Words>((at, part) => (typeof at === 'string' ? at : (at[part] ?? '')), words)
  if (typeof found !== 'string' || found === '') throw new Error(`no word ${key}`)
  return found
}

/** What is said with numbers or names in it, up to the first of them. */
const start = (text: string) => text.split('{{')[0]?.trim() ?? ''

const form = () => page.locator('.mng-form')
/** A row of sources that is still empty has no number. */
const inputOf = (field: string) =>
  form()
    .locator(`[data-field="${field}"], [data-field="${field.replace('sources.0', 'sources.-1')}"]`)
    .locator('input, textarea')
    .first()
const faultOf = (field: string) =>
  form().locator(`[data-field="${field}"] .mng-fault:visible, .mng-fault[data-field="${field}"]:visible`)

beforeAll(async () => {
  if (!existsSync(join(DIST, 'index.html'))) throw new Error('build the console first: npm run build')
  running = await runGateway({ dir, adapters: [createFakeProtocol().definition], consoleDir: DIST })
  const password = await running.person('10001', 'administrator')
  context = await openBrowser({ dir, name: 'forms', width: 1920, height: 1080 })
  context.setDefaultTimeout(PATIENCE_MS)
  page = await firstPage(context)
  await page.goto(`${running.url}/manage`)
  await page.locator('input[autocomplete="username"]').fill('10001')
  await page.locator('input[autocomplete="current-password"]').fill(password)
  await page.keyboard.press('Enter')
  await page.locator('.login').waitFor({ state: 'detached' })
}, TEST_MS)
afterAll(async () => {
  await context?.close()
  await running?.stop()
})

it.each(
  Object.entries(FORMS).flatMap(([name, each]) =>
    (name.startsWith('a wrong') ? (['zh', 'en'] as const) : (['zh'] as const)).map(
      language => [name, language, each] as const
    )
  )
)(
  '%s (%s)',
  async (name, language, { path, add, press = [], type, said }) => {
    const words = wordsOf(language)
    await page.goto(`${running.url}${path}`)
    await speak(page, language === 'zh' ? 'zh-CN' : 'en')
    if (add) await page.getByRole('button', { name: word(words, `add.${add}`), exact: true }).click()
    await form().waitFor()
    for (const key of press)
      await form()
        .getByRole('button', { name: word(words, key), exact: true })
        .click()
    for (const [field, text] of Object.entries(type)) await inputOf(field).fill(text)
    await form().locator('.mng-buttons [type="submit"]').click()
    for (const [field, code] of Object.entries(said))
      await faultOf(field)
        .getByText(start(word(words, `fault.${code}`)))
        .waitFor()
    // None is said that is not expected, and none apart from its field.
    expect(await form().locator('.mng-fields .mng-fault:visible').count()).toBe(Object.keys(said).length)
    expect(await form().getByRole('alert').count()).toBe(0)
    for (const [field, text] of Object.entries(type)) expect(await inputOf(field).inputValue()).toBe(text)
    const folder = process.env.PINGAN_PICTURES
    if (folder) await page.screenshot({ path: join(folder, `forms-${name.replaceAll(' ', '-')}-${language}.png`) })
    await reads(page)
  },
  TEST_MS
)
