/** Dispatch in Chromium: a patrol route is made, walked on the phone and looked at by the leader; a unit that the system would not send goes by hand, with its reason; the table of classes can be read by the administrator. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Incident } from '../gateway/core/incident.ts'
import { type ConsoleClient, logIn } from '../gateway/testing/console-client.ts'
import { createFakeProtocol } from '../gateway/testing/fake-protocol.ts'
import { type RunningGateway, runGateway, SMALL_TOWN } from '../gateway/testing/run-gateway.ts'
import { sampleSignal } from '../gateway/testing/samples.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { unreadable, violations } from './browser/checks.ts'
import { firstPage, openBrowser } from './browser/chromium.ts'
import { enterAs, PATIENCE_MS, pressUntil, speak } from './browser/pages.ts'

const TEST_MS = 300_000
const DIST = join(import.meta.dirname, '../web-console/dist')
const dir = tempDir('dispatch-page')
const protocol = createFakeProtocol()
const contexts: BrowserContext[] = []
/** Of the lead of 巡防 07 车. */
let carPassword: string
let car: ConsoleClient
let phone: Page
let rider: ConsoleClient
let running: RunningGateway
let floor: Page
let patrol: ConsoleClient

/** For the eye, where a folder is given. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.PINGAN_PICTURES
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`) })
}

async function logged(
  name: string,
  login: string,
  password: string,
  seat?: number,
  size = { width: 1920, height: 1080 }
): Promise<Page> {
  const context = await openBrowser({ dir, name, ...size })
  contexts.push(context)
  const page = await firstPage(context)
  await page.goto(running.url)
  await enterAs(page, { login, password, seat })
  return page
}

/** What nobody looks at any more is not drawn beside the next test either. */
const leave = (page: Page): Promise<void> => page.context().close()

const faults = async (page: Page) => [
  ...(await violations(page)).filter(each => !each.includes('pin-incident')),
  ...(await unreadable(page))
]
const newest = () => [...running.gateway.incidents.all()].at(-1) as Incident

beforeAll(async () => {
  if (!existsSync(join(DIST, 'index.html'))) throw new Error('build the console first: npm run build')
  const lay = { id: 'u3', name: '义务 02 队', unitClass: 'volunteer', memberCount: 3, vehicle: 'foot', speedKmh: 5 }
  const registry = { ...SMALL_TOWN, units: [...SMALL_TOWN.units, lay] }
  running = await runGateway({ dir, consoleDir: DIST, adapters: [protocol.definition], registry })
  for (const [login, unitId, lat] of [
    ['30001', 'u1', 27.03],
    ['30003', 'u3', 27.0335]
  ] as const) {
    const password = await running.person(login, 'patrol', { unitId })
    if (unitId === 'u1') carPassword = password
    patrol = await logIn(running.url, login, password)
    if (unitId === 'u1') car = patrol
    await patrol.command({ kind: 'onDuty' })
    await patrol.post('/api/patrol/position', { lat, lon: 119.614, atMs: Date.now() })
  }
  floor = await logged('floor', '10327', await running.person('10327', 'operator'), 3)
}, TEST_MS)

afterAll(async () => {
  for (const context of contexts) await context.close()
  await running?.stop()
}, TEST_MS)

it('a volunteer team goes to a burglary by hand only, with the reason on record', { timeout: TEST_MS }, async () => {
  await protocol.host().accept(sampleSignal({ sourceId: 'mqtt:linxi/box-03' as never, receivedTimeMs: Date.now() }))
  await running.gateway.idle()
  await floor.locator('.queue-waiting .queue-row').waitFor()
  await floor.keyboard.press('Space')
  await floor.getByText('系统不派，人工决定').waitFor()
  await picture(floor, 'dispatch-candidates')
  await floor.keyboard.press('2')
  await floor.locator('.unit.picked', { hasText: '义务 02 队' }).waitFor()
  await floor.keyboard.press('d')
  await floor.getByText('义务 02 队（义务，3 人）：系统不派此类力量').waitFor()
  await floor.keyboard.type('就在楼下，只看门不进屋')
  await picture(floor, 'dispatch-by-hand')
  expect(await faults(floor)).toEqual([])
  await floor.keyboard.press('Enter')
  await floor.locator('.unit.sent', { hasText: '人工派出（义务）：就在楼下，只看门不进屋' }).waitFor()
  // At once: else the next unit is offered it when the offer runs out, here or in the middle of a test below.
  const [sent] = newest().assignments
  const accepted = await patrol.command({ kind: 'accept', assignmentId: sent?.id ?? ('' as never) })
  expect(await accepted.json()).toMatchObject([{ outcome: 'done' }])
  await floor.locator('.unit.sent.enRoute', { hasText: '人工派出（义务）：就在楼下，只看门不进屋' }).waitFor()
  await floor.locator('.story', { hasText: '人工派单给 义务 02 队' }).waitFor()
  await picture(floor, 'dispatch-sent')
  expect(await faults(floor)).toEqual([])
  expect(newest().assignments).toMatchObject([{ byHand: { unitClass: 'volunteer' }, offeredBy: 'operator' }])
  const [line] = (await running.gateway.store.auditTail(50)).filter(each => each.action === 'incident.offer')
  expect(line).toMatchObject({ who: expect.stringContaining('10327'), reason: '就在楼下，只看门不进屋' })
  await speak(floor, 'en')
  await floor.locator('.unit.sent', { hasText: 'sent by hand (volunteer)' }).waitFor()
  await picture(floor, 'dispatch-sent-en')
})

it('an alarm without a place offers the free units by name: a digit chooses, D sends', {
  timeout: TEST_MS
}, async () => {
  await speak(floor, 'zh-CN')
  const taxi = sampleSignal({
    ...{ sourceId: 'jt808:013900000007' as never, sourceKind: 'taxi', receivedTimeMs: Date.now() }
  })
  await protocol.host().accept(taxi)
  await running.gateway.idle()
  await floor.locator('.queue-waiting .queue-row').waitFor()
  await floor.keyboard.press('Space')
  await floor.getByText('警情位置未知，算不出远近；按数字键选一支，再按 D 派单').waitFor()
  const unit = floor.locator('button.unit', { hasText: '巡防 07 车' })
  await unit.waitFor()
  expect(await floor.locator('.unit.picked').count()).toBe(0)
  // Neither a time nor a distance.
  expect(await unit.locator('.n:not(.d)').count()).toBe(0)
  await floor.keyboard.press('d')
  await floor.getByText('没有自动选定的力量，先按数字键选一支').first().waitFor()
  await picture(floor, 'dispatch-no-place')
  await floor.keyboard.press('1')
  await floor.locator('.unit.picked', { hasText: '巡防 07 车' }).waitFor()
  expect(await faults(floor)).toEqual([])
  await floor.keyboard.press('d')
  await floor.locator('.unit.sent.offered', { hasText: '巡防 07 车' }).waitFor()
  expect(newest().position).toBeUndefined()
  const [sent] = newest().assignments
  expect(sent).toMatchObject({ unitId: 'u1', offeredBy: 'operator' })
  expect([sent?.etaS, sent?.distanceM]).toEqual([undefined, undefined])
  await picture(floor, 'dispatch-no-place-sent')

  // The car tells where it is after all, and drives on: who has the order sees it, and the ranking counts to there.
  // The order is taken at once: an offer runs out.
  const taken = await car.command({ kind: 'accept', assignmentId: sent?.id ?? ('' as never) })
  expect(await taken.json()).toMatchObject([{ outcome: 'done' }])
  const driver = await logged('driver', '30001', carPassword, undefined, { width: 390, height: 844 })
  protocol.host().position('jt808:013900000007' as never, {
    ...{ point: { lat: 27.04, lon: 119.62, datum: 'wgs84' as const }, atMs: Date.now() }
  })
  await driver.locator('.way-card', { hasText: /按车辆现在位置（.+）/ }).waitFor()
  await picture(driver, 'patrol-moving')
  expect((await faults(driver)).filter(each => !each.startsWith('overlap'))).toEqual([])
  await car.post('/api/patrol/position', { lat: 27.03, lon: 119.614, atMs: Date.now() })
  await floor.locator('.unit.sent.enRoute', { hasText: '巡防 07 车' }).waitFor()
  await floor.keyboard.press('Shift+D')
  await floor.keyboard.press('1')
  await floor.getByText(/按车辆现在位置（.+）计算/).waitFor()
  await floor.locator('.unit.picked', { hasText: '巡防 07 车' }).waitFor()
  await picture(floor, 'dispatch-moving')
  expect(await faults(floor)).toEqual([])
  // Any free unit is found by name, first letters or code, also where the list has no room for it.
  await floor.keyboard.press('0')
  const finder = floor.getByRole('dialog', { name: '找其他力量' })
  await finder.getByRole('textbox').fill('xf07')
  await finder.getByRole('button', { name: /^巡防 07 车/ }).waitFor()
  await picture(floor, 'dispatch-other')
  expect(await faults(floor)).toEqual([])
  await floor.keyboard.press('Enter')
  await finder.waitFor({ state: 'detached' })
  await floor.locator('.unit.picked', { hasText: '巡防 07 车' }).waitFor()
  const reads = (await running.gateway.store.auditTail(200)).filter(each => each.action === 'positionRead')
  expect(reads.map(each => each.object)).toContain(`incident:${newest().number}`)
  await speak(floor, 'en')
  await floor.getByText(/to where the car is now/).waitFor()
  await picture(floor, 'dispatch-moving-en')
  // The floor stays: incidents of a seat that nobody sits at are offered to the next free unit, in the middle of a test below.
  await leave(driver)
})

it('the administrator reads the table of classes', { timeout: TEST_MS }, async () => {
  const admin = await logged('admin', '10001', await running.person('10001', 'administrator'))
  await admin.goto(`${running.url}/manage?tab=units`)
  await admin.getByText('系统派单范围').click()
  await admin
    .getByRole('row', { name: /涉暴力/ })
    .getByText('人工')
    .first()
    .waitFor()
  await picture(admin, 'manage-class-rule')
  expect(await faults(admin)).toEqual([])
  await leave(admin)
})

it('the administrator changes a time and the table of classes, with a reason, and takes them back', {
  timeout: TEST_MS
}, async () => {
  const admin = await logged('settings', '10002', await running.person('10002', 'administrator'))
  await admin.goto(`${running.url}/manage?tab=settings`)
  await admin.getByLabel('P4 接警目标').fill('1200')
  await admin.getByRole('button', { name: '其他 义务 P3' }).click()
  await admin.getByRole('button', { name: '其他 义务 P4' }).click()
  await admin.getByLabel('P1 无人接：全部席位响').fill('0')
  await admin.getByRole('button', { name: '保存' }).click()
  await admin.getByText('请填 1–600 s').waitFor()
  await picture(admin, 'manage-settings')
  await admin.getByRole('button', { name: 'P1 无人接：全部席位响：恢复配置值' }).click()
  await admin.getByLabel('修改原因').fill('试行一个月')
  await admin.getByRole('button', { name: '保存' }).click()
  await admin.locator('.mng-history li', { hasText: '试行一个月' }).getByText('P4 接警目标').waitFor()
  expect(await admin.getByRole('button', { name: '其他 义务 P4' }).getAttribute('aria-pressed')).toBe('true')
  expect(await faults(admin)).toEqual([])
  await picture(admin, 'manage-settings-kept')
  await speak(admin, 'en')
  await admin.getByRole('heading', { name: 'Times by priority' }).waitFor()
  expect(await faults(admin)).toEqual([])
  await picture(admin, 'manage-settings-en')
  await admin.getByRole('button', { name: 'P4 Acknowledge target: as configured' }).click()
  await admin.getByRole('button', { name: 'other: as configured' }).click()
  await admin.getByLabel('Reason').fill('over')
  await admin.getByRole('button', { name: 'Save' }).click()
  await admin.locator('.mng-history li', { hasText: 'over' }).waitFor()
  expect(await admin.getByLabel('P4 Acknowledge target').inputValue()).toBe('')
  for (const p of ['P3', 'P4'])
    expect(await admin.getByRole('button', { name: `other volunteer ${p}` }).getAttribute('aria-pressed')).toBe('false')
  await leave(admin)
})

it('a patrol route is made, walked on the phone and looked at on the board', { timeout: TEST_MS }, async () => {
  const admin = await logged('routes', '10002', await running.person('10002', 'administrator'))
  await admin.goto(`${running.url}/manage?tab=routes`)
  await admin.getByRole('button', { name: '新增巡逻路线' }).click()
  await admin.getByLabel('路线 必填').fill('建设路日夜线')
  await admin.getByLabel('加一个力量').fill('qx18')
  await admin.getByRole('option', { name: '骑巡 18 组' }).click()
  await admin.getByRole('button', { name: '加一段' }).click()
  await admin.getByLabel('从', { exact: true }).fill('00:00')
  await admin.getByLabel('到', { exact: true }).fill('24:00')
  for (const [n, name, place] of [
    [1, '人民路口', '27.0330, 119.6130'],
    [2, '杏花巷东口', '27.0320 119.6122']
  ] as const) {
    await admin.getByRole('button', { name: '加一个必到点' }).click()
    await admin.getByLabel(`第 ${n} 点`, { exact: true }).fill(name)
    await admin
      .getByLabel('纬度, 经度')
      .nth(n - 1)
      .fill(place)
  }
  await admin.getByRole('button', { name: '在地图上选' }).click()
  const map = admin.getByRole('region', { name: '必到点地图' })
  await map.getByRole('button', { name: '移动 2 杏花巷东口' }).waitFor()
  // A click beside the points places a third one, which is taken out again.
  await map
    .locator('.town-canvas[data-drawn="yes"] canvas')
    .first()
    .click({ position: { x: 30, y: 30 } })
  await expect
    .poll(() => admin.getByLabel('纬度, 经度').nth(2).inputValue(), { timeout: PATIENCE_MS })
    .toMatch(/^27\.\d{5}, 119\.\d{5}$/)
  await picture(admin, 'manage-route')
  expect(await faults(admin)).toEqual([])
  await admin.getByRole('button', { name: '去掉 第 3 点' }).click()
  await admin.getByLabel('纬度, 经度').nth(2).waitFor({ state: 'detached' })
  expect(await faults(admin)).toEqual([])
  await admin.getByRole('button', { name: '保存' }).click()
  await admin.getByRole('row', { name: /建设路日夜线.*骑巡 18 组/ }).waitFor()
  await picture(admin, 'manage-routes')
  await leave(admin)

  const password = await running.person('30002', 'patrol', { unitId: 'u2' })
  phone = await logged('phone', '30002', password, undefined, { width: 390, height: 844 })
  rider = await logIn(running.url, '30002', password)
  await rider.command({ kind: 'onDuty' })
  await phone.getByText('建设路日夜线').waitFor()
  await rider.post('/api/patrol/position', { lat: 27.03302, lon: 119.613, accuracyM: 8, atMs: Date.now() })
  await phone.locator('.round-points li', { hasText: '人民路口' }).getByText('自动').waitFor()
  await pressUntil(
    phone.getByRole('button', { name: '到点' }),
    phone.locator('.round-points li', { hasText: '杏花巷东口' }).getByText('手动')
  )
  await phone.getByText('已到 2/2').waitFor()
  await picture(phone, 'patrol-route')
  // The foot stays over what scrolls: at the end of the page nothing lies below it.
  await phone.evaluate('scrollTo(0, document.documentElement.scrollHeight)')
  expect(await faults(phone)).toEqual([])

  const leader = await logged('leader', '10008', await running.person('10008', 'leader'), 1)
  await leader.goto(`${running.url}/board`)
  await leader.getByRole('button', { name: '查看', exact: true }).click()
  await leader.getByRole('row', { name: /建设路日夜线 骑巡 18 组.*2\/2 全部到齐/ }).waitFor()
  await picture(leader, 'board-rounds')
  expect(await faults(leader)).toEqual([])
  await leave(leader)
  const actions = (await running.gateway.store.auditTail(200)).map(each => each.action)
  expect(actions).toEqual(expect.arrayContaining(['route.save', 'patrol.checkPoint', 'rounds.read']))
  const operator = await logIn(running.url, '10099', await running.person('10099', 'auditor'))
  expect((await operator.get('/api/rounds')).status).toBe(403)
  expect((await rider.get('/api/patrol-routes')).status).toBe(403)
})

it('the lead answers that all is well, and ends the incident from the phone with who was hurt', {
  timeout: TEST_MS
}, async () => {
  const operator = await logIn(running.url, '10411', await running.person('10411', 'operator'), 5)
  await protocol
    .host()
    .accept(sampleSignal({ sourceId: 'mqtt:linxi/button-01' as never, alarmClass: 'help', receivedTimeMs: Date.now() }))
  await running.gateway.idle()
  const { id } = newest()
  const act = async (action: Parameters<ConsoleClient['act']>[1]) => {
    const answer = await operator.act(id, action)
    expect(answer.status, `${action.action}: ${await answer.text()}`).toBe(200)
  }
  await act({ action: 'acknowledge' })
  await act({ action: 'verify', nature: 'lostOrFallen' })
  await act({ action: 'dispatch', unitId: 'u2' as never })
  const order = newest().assignments.at(-1)
  const assignmentId = order?.id ?? ('' as never)
  await rider.command({ kind: 'accept', assignmentId })
  await rider.command({ kind: 'arrive', assignmentId })
  const check = { kind: 'check', assignmentId, check: 'welfare', unit: '骑巡 18 组', minutes: 10 } as const
  await running.gateway.incidents.step(id, check, { kind: 'system' })
  await phone.getByText('监控中心：是否平安？').waitFor()
  await phone.evaluate('scrollTo(0, 0)')
  await picture(phone, 'patrol-asked')
  await pressUntil(
    phone.getByRole('button', { name: '平安', exact: true }),
    phone.getByText('监控中心：是否平安？'),
    'hidden'
  )
  await phone.getByRole('textbox').fill('老人跌倒，已扶起，家属在场')
  await phone.getByRole('button', { name: /处置完毕/ }).click()
  await phone.getByRole('button', { name: '医疗', exact: true }).click()
  await phone.getByLabel('伤', { exact: true }).fill('1')
  await picture(phone, 'patrol-finish')
  expect((await faults(phone)).filter(each => !each.startsWith('overlap'))).toEqual([])
  await pressUntil(phone.getByRole('button', { name: '结束警情（我组带队）' }), phone.getByText('在岗待命'))
  const ended = await running.gateway.store.incident(id)
  expect(ended).toMatchObject({
    ...{ state: 'resolved', disposition: 'real-medical', feedback: '老人跌倒，已扶起，家属在场' },
    facts: { injured: 1, by: '骑巡 18 组' }
  })
  const actions = (await running.gateway.store.auditTail(50)).map(each => each.action)
  expect(actions).toEqual(expect.arrayContaining(['incident.safe', 'incident.finish']))
})

it('a result that was being written when its incident was filed outlives a reload, and is sent and kept with it', {
  timeout: TEST_MS
}, async () => {
  const operator = await logIn(running.url, '10412', await running.person('10412', 'operator'), 6)
  const leader = await logIn(running.url, '10009', await running.person('10009', 'leader'), 8)
  await protocol
    .host()
    .accept(sampleSignal({ sourceId: 'mqtt:linxi/button-01' as never, alarmClass: 'help', receivedTimeMs: Date.now() }))
  await running.gateway.idle()
  const { id } = newest()
  await operator.act(id, { action: 'acknowledge' })
  await operator.act(id, { action: 'verify', nature: 'lostOrFallen' })
  expect((await operator.act(id, { action: 'dispatch', unitId: 'u2' as never })).status).toBe(200)
  const assignmentId = newest().assignments.at(-1)?.id ?? ('' as never)
  await rider.command({ kind: 'accept', assignmentId })
  await rider.command({ kind: 'arrive', assignmentId })
  await phone.getByRole('textbox').fill('老人已由家属接走')
  const resolved = await operator.act(id, { action: 'resolve', disposition: 'real-other', category: '1' })
  expect(resolved.status, await resolved.text()).toBe(200)
  expect((await leader.act(id, { action: 'close' })).status).toBe(409)
  await phone.reload()
  await phone.getByText('老人已由家属接走').waitFor()
  expect((await leader.act(id, { action: 'close', unitsThere: true })).status).toBe(200)
  await phone.getByText(/的派单已结束/).waitFor()
  await picture(phone, 'patrol-left')
  expect((await faults(phone)).filter(each => !each.startsWith('overlap'))).toEqual([])
  await pressUntil(phone.getByRole('button', { name: '发送', exact: true }), phone.getByText(/的派单已结束/), 'hidden')
  const reported = async () => (await running.gateway.store.timeline(id)).filter(each => each.kind === 'reported')
  await expect.poll(reported, { timeout: PATIENCE_MS }).toMatchObject([{ data: { text: '老人已由家属接走' } }])
})
