/** The page of deliveries in Chromium over a whole gateway: a sink that fails, one that refuses, one that takes; what the administrator does. */
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { id } from '../gateway/core/brand.ts'
import type { IncidentDetail } from '../gateway/core/wire.ts'
import { logIn } from '../gateway/testing/console-client.ts'
import { createFakeProtocol } from '../gateway/testing/fake-protocol.ts'
import { type RunningGateway, runGateway, SMALL_TOWN } from '../gateway/testing/run-gateway.ts'
import { sampleSignal } from '../gateway/testing/samples.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'
import { unreadable, violations } from './browser/checks.ts'
import { firstPage, openBrowser } from './browser/chromium.ts'
import { speak } from './browser/pages.ts'

const DIST = join(import.meta.dirname, '..', 'web-console', 'dist')
const dir = tempDir('deliveries-page')
const protocol = createFakeProtocol()
const answers: Record<string, number> = { '/city': 204, '/county': 503, '/cap': 422, '/sms': 204, '/harbour': 422 }
let receiver = ''
const taken: string[] = []
const server = createServer((request, response) => {
  const { url, headers } = request
  // Of the harbour a try alone is refused: an incident that goes on meanwhile leaves no dead letter there.
  const status = url === '/harbour' && headers['x-pingan-event'] !== 'test' ? 204 : (answers[url ?? ''] ?? 404)
  if (status === 204) taken.push(`${request.url} ${request.headers['x-pingan-event']}`)
  // What a receiver says is shown of a try only, and as it is.
  const text = status === 422 ? '{"error":"unknown sender"}' : ''
  request.resume().on('end', () => response.writeHead(status).end(text))
})
const [household, ...others] = SMALL_TOWN.subjects
const CONTACT = { name: '林晓', relation: '女儿', phone: '13900000001', messageConsent: '2026-11-01' }
let running: RunningGateway
let context: BrowserContext
let page: Page

async function picture(name: string): Promise<void> {
  const folder = process.env.PINGAN_PICTURES
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`) })
}

const press = () => protocol.host().accept(sampleSignal({ sourceId: id('fake:1'), receivedTimeMs: Date.now() }))

const rowOf = (table: string, text: string) =>
  page
    .locator('section.admin-panel', { has: page.getByRole('heading', { name: table }) })
    .locator('tr', { hasText: text })
    .first()

beforeAll(async () => {
  if (!existsSync(join(DIST, 'index.html'))) throw new Error('build the console first: npm run build')
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  receiver = url
  const cap = { format: 'cap', addresses: ['duty@example.org'] }
  running = await runGateway({
    ...{ dir, adapters: [protocol.definition], consoleDir: DIST },
    registry: {
      ...SMALL_TOWN,
      subjects: [{ ...household, contacts: [CONTACT] }, ...others],
      sources: [{ id: 'fake:1', subjectId: 'h1', kind: 'oneKeyCall' }]
    },
    config: {
      outwards: {
        sinks: [
          { name: 'city', url: `${url}/city`, personal: true },
          { name: 'county', url: `${url}/county`, status: 'exercise' },
          { name: 'province', url: `${url}/cap`, ...cap },
          { name: 'sms', url: `${url}/sms`, format: 'contacts', classes: ['panic'] }
        ],
        ...{ allow: ['127.0.0.0/8'], retryMs: 100, retryMaxMs: 60_000, breakerFailures: 2, breakerMs: 60_000 }
      },
      incidents: { contacts: { afterMs: 0 } }
    }
  })
  for (const name of ['city', 'county', 'province', 'sms']) await running.device('sink', name, `a secret of ${name}`)
  const administrator = await running.person('10001', 'administrator')
  await press()
  context = await openBrowser({ dir, name: 'deliveries', width: 1920, height: 1080 })
  page = await firstPage(context)
  await page.goto(`${running.url}/deliveries`)
  await page.locator('input[autocomplete="username"]').fill('10001')
  await page.locator('input[autocomplete="current-password"]').fill(administrator)
  await page.keyboard.press('Enter')
  await page.locator('.login').waitFor({ state: 'detached' })
  await page.goto(`${running.url}/deliveries`)
  await page.locator('.deliveries').waitFor()
})
afterAll(async () => {
  await context?.close()
  await running?.stop()
  server.close().closeAllConnections()
})

it('says of each sink how it is: taken, not reached, refused', async () => {
  await rowOf('接收方', 'city').getByText('正常').waitFor()
  await rowOf('接收方', 'county').getByText('送不出去').waitFor()
  await rowOf('外发记录', '新警情').getByText('HTTP 204').waitFor()
  await rowOf('等待外发', 'county').getByText('HTTP 503').waitFor()
  await rowOf('死信', 'province').getByText('HTTP 422').waitFor()
  await rowOf('接收方', 'province').getByText('有消息没送到').waitFor()
  await rowOf('接收方', 'sms').getByText('联系人短信').waitFor()
  await rowOf('外发记录', '通知联系人 1').getByText('HTTP 204').waitFor()
  expect(await page.content()).not.toContain('/county')
  expect(await violations(page)).toEqual([])
  expect(await unreadable(page)).toEqual([])
  await picture('deliveries')
})

it('a dead letter is sent again, a line is tried, a sink is paused and resumed; each is on record', async () => {
  answers['/cap'] = 204
  await rowOf('死信', 'province').getByRole('button', { name: '重发' }).click()
  await until('the dead letter arrived', () => taken.includes('/cap opened'))
  await rowOf('外发记录', 'province').waitFor()
  await rowOf('接收方', 'city').getByRole('button', { name: '暂停' }).click()
  await rowOf('接收方', 'city').getByText('已暂停').waitFor()
  await press()
  await rowOf('等待外发', 'city').waitFor()
  expect(taken).not.toContain('/city updated')
  await rowOf('接收方', 'city').getByRole('button', { name: '恢复' }).click()
  await until('what waited arrived', () => taken.includes('/city updated'))
  const lines = await running.gateway.store.auditTail(30)
  const actions = lines.filter(line => line.who.startsWith('10001')).map(line => `${line.action} ${line.object}`)
  expect(actions).toEqual(
    expect.arrayContaining(['sink.retry sink:province', 'sink.pause sink:city', 'sink.resume sink:city'])
  )
})

it('a sink is made, tried, changed and taken out; one of the configuration is read only', async () => {
  const drawer = page.locator('aside.mng-drawer')
  await page.getByRole('button', { name: '新接收方' }).click()
  await drawer.getByRole('textbox', { name: /^名称/ }).fill('harbour')
  await drawer.getByRole('textbox', { name: /^地址/ }).fill('http://169.254.169.254/latest')
  await drawer.getByRole('button', { name: '保存' }).click()
  await drawer.getByText('这个地址不在允许外发的网段里').waitFor()
  await picture('sink-new')
  await drawer.getByRole('textbox', { name: /^地址/ }).fill(`${receiver}/harbour`)
  await drawer.getByRole('button', { name: '保存' }).click()
  await page.getByText('harbour 的签名密钥，只显示这一次').waitFor()
  await rowOf('接收方', 'harbour').getByText('正常').waitFor()
  await drawer.getByRole('button', { name: '试发' }).click()
  await drawer.getByText('没有收下').waitFor()
  await drawer.getByText('unknown sender').waitFor()
  await picture('sink-tried')
  expect(await violations(page)).toEqual([])
  expect(await unreadable(page)).toEqual([])
  await page.getByRole('button', { name: '已抄下' }).click()
  answers['/harbour'] = 204
  await drawer.getByRole('button', { name: '试发' }).click()
  await drawer.getByText('对方收下').waitFor()
  await rowOf('外发记录', 'harbour').getByText('试发').waitFor()
  await drawer.getByLabel('启用').uncheck()
  await drawer.getByRole('button', { name: '保存' }).click()
  await rowOf('接收方', 'harbour').getByText('已停用').waitFor()
  await drawer.getByRole('button', { name: '删除' }).click()
  await drawer.getByRole('button', { name: '确认删除' }).click()
  await rowOf('接收方', 'harbour').waitFor({ state: 'detached' })
  await rowOf('接收方', 'city').getByRole('button', { name: '查看' }).click()
  await drawer.getByText('写在配置文件').waitFor()
  expect(await drawer.getByRole('button', { name: '保存' }).count()).toBe(0)
  expect(await drawer.getByRole('textbox', { name: /^地址/ }).isDisabled()).toBe(true)
  expect(await unreadable(page)).toEqual([])
  await picture('sink-of-file')
  await page.keyboard.press('Escape')
  await drawer.waitFor({ state: 'detached' })
  expect(await page.content()).not.toContain('/harbour')
}, 120_000)

it('dead letters of a sink that is no more can only be dropped, all by one order, in sight beside an open sink', async () => {
  const drawer = page.locator('aside.mng-drawer')
  answers['/quay'] = 422
  await page.getByRole('button', { name: '新接收方' }).click()
  await drawer.getByText('小写字母、数字和连字符').waitFor()
  await drawer.getByRole('textbox', { name: /^名称/ }).fill('quay')
  await drawer.getByRole('textbox', { name: /^地址/ }).fill(`${receiver}/quay`)
  await drawer.getByRole('button', { name: '保存' }).click()
  await page.getByRole('button', { name: '已抄下' }).click()
  await press()
  await rowOf('死信', 'quay').getByRole('button', { name: '重发' }).waitFor()
  await drawer.getByRole('button', { name: '删除' }).click()
  await drawer.getByRole('button', { name: '确认删除' }).click()
  await rowOf('接收方', 'quay').getByText('已删除').waitFor()
  await page.setViewportSize({ width: 1366, height: 768 })
  await rowOf('接收方', 'city').getByRole('button', { name: '查看' }).click()
  await drawer.getByText('写在配置文件').waitFor()
  const dead = rowOf('死信', 'quay')
  await dead.getByRole('button', { name: '丢弃' }).waitFor()
  expect(await dead.getByRole('button', { name: '重发' }).count()).toBe(0)
  const all = rowOf('接收方', 'quay').getByRole('button', { name: '死信全部丢弃' })
  const edge = (await drawer.boundingBox())?.x ?? 0
  for (const button of [all, dead.getByRole('button', { name: '丢弃' })]) {
    const { x = 0, width = 0 } = (await button.boundingBox()) ?? {}
    expect(x).toBeGreaterThan(0)
    expect(x + width).toBeLessThan(edge)
  }
  expect(await unreadable(page)).toEqual([])
  await picture('deliveries-drawer-1366')
  await all.click()
  await rowOf('接收方', 'quay')
    .getByRole('button', { name: /^确定丢弃/ })
    .click()
  await rowOf('接收方', 'quay').waitFor({ state: 'detached' })
  await page.keyboard.press('Escape')
  await drawer.waitFor({ state: 'detached' })
  await page.setViewportSize({ width: 1920, height: 1080 })
}, 120_000)

it('the story of the incident says which contact was written to', async () => {
  const operator = await logIn(running.url, '10311', await running.person('10311', 'operator'), 3)
  const [incident] = [...running.gateway.incidents.all()]
  const story = async () =>
    ((await (await operator.get(`/api/incidents/${incident?.id}`)).json()) as IncidentDetail).timeline
  const line = await until('the line', async () => (await story()).find(each => each.kind === 'contactMessaged'))
  expect(line.data).toEqual({ name: '林晓', relation: '女儿' })
})

it('English, and a narrow window, can be read; who is no administrator is refused', async () => {
  await speak(page, 'en')
  await page.getByRole('heading', { name: 'Delivery log' }).waitFor()
  for (const [width, height] of [
    [1920, 1080],
    [1366, 768]
  ] as const) {
    await page.setViewportSize({ width, height })
    expect(await unreadable(page)).toEqual([])
    await picture(`deliveries-en-${width}`)
  }
  const password = await running.person('10327', 'leader')
  const login = await fetch(`${running.url}/api/login`, {
    ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
    body: JSON.stringify({ login: '10327', password })
  })
  const cookie = (login.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  expect((await fetch(`${running.url}/api/deliveries`, { headers: { cookie } })).status).toBe(403)
  expect((await fetch(`${running.url}/api/deliveries`)).status).toBe(401)
  const [name = '', value = ''] = cookie.split('=')
  await context.clearCookies()
  await context.addCookies([{ name, value, url: running.url }])
  for (const [language, words, read] of [
    ['en', 'Deliveries is only for: Administrator', 'OK'],
    ['zh-CN', '“外发”页只供管理员使用。', '知道了']
  ] as const) {
    await speak(page, language)
    await page.goto(`${running.url}/deliveries`)
    await page.getByText(words).waitFor()
    expect(new URL(page.url()).pathname).toBe('/')
    await picture(`denied-${language}`)
    await page.getByRole('button', { name: read, exact: true }).click()
    await page.getByText(words).waitFor({ state: 'detached' })
  }
})
