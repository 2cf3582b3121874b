/** A household entered in the console: its telephone is known at once, its press shows it, also after a restart; lists as CSV both ways. */
import { afterEach, describe, expect, it } from 'vitest'
import { id, type SourceId } from '../gateway/core/brand.ts'
import type {
  ImportReport,
  SubjectDetail,
  SubjectDraft,
  SubjectPage,
  SubjectSaved
} from '../gateway/core/subject-record.ts'
import { type ConsoleClient, logIn } from '../gateway/testing/console-client.ts'
import { createFakeProtocol } from '../gateway/testing/fake-protocol.ts'
import { type RunningGateway, runGateway } from '../gateway/testing/run-gateway.ts'
import { sampleSignal } from '../gateway/testing/samples.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'

const TEST_MS = 120_000
const PHONE = id<SourceId>('sip:6650199')
const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const each of cleanUp.splice(0).reverse()) await each()
})

const WU: SubjectDraft = {
  ...{ kind: 'household', name: '吴秀英', address: '杏花巷 20 号', phone: '（0593）665-0199', groupId: 'g1' },
  ...{ medicalNote: '心脏支架', position: { lat: 27.0322, lon: 119.6122, datum: 'wgs84' } },
  contacts: [{ name: '吴强', relation: '儿子', phone: '13800001111' }],
  consent: { by: '吴秀英', on: '2026-11-20' },
  sources: [{ id: PHONE, kind: 'panicPhone' }]
}

async function setUp(dir = tempDir('registry-edit')) {
  const protocol = createFakeProtocol()
  const running = await runGateway({ dir, adapters: [protocol.definition] })
  cleanUp.push(() => running.stop())
  const admin = await logIn(running.url, '10001', await running.person('10001', 'administrator'))
  return { dir, protocol, running, admin }
}

async function json<T>(answer: Promise<Response>): Promise<T> {
  const response = await answer
  expect(response.status).toBe(200)
  return (await response.json()) as T
}
const save = (admin: ConsoleClient, draft: SubjectDraft, version = 0) =>
  json<SubjectSaved>(admin.post('/api/subjects', { draft, version }))
const find = (admin: ConsoleClient, text: string, kinds = 'household,premises') =>
  json<SubjectPage>(admin.get(`/api/subjects?kinds=${kinds}&text=${encodeURIComponent(text)}`))
const detail = (admin: ConsoleClient, subjectId: string) =>
  json<SubjectDetail>(admin.get(`/api/subjects/detail?id=${encodeURIComponent(subjectId)}`))
const sendList = (admin: ConsoleClient, path: string, text: string) => json<ImportReport>(admin.postText(path, text))

async function press({
  protocol,
  running
}: {
  protocol: ReturnType<typeof createFakeProtocol>
  running: RunningGateway
}) {
  await protocol.host().accept(sampleSignal({ sourceId: PHONE, sourceKind: 'panicPhone', receivedTimeMs: Date.now() }))
  await running.gateway.idle()
  return [...running.gateway.incidents.all()].at(-1)
}

async function resolveAll(running: RunningGateway) {
  const operator = await logIn(running.url, '10327', await running.person('10327', 'operator'), 1)
  for (const { id: open } of [...running.gateway.incidents.all()]) {
    await operator.act(open, { action: 'acknowledge' })
    await operator.act(open, { action: 'resolve', disposition: 'false-misuse', feedback: '误触' })
  }
}

it('is known at once, shows who presses, can be changed by one person at a time and is there after a restart', {
  timeout: TEST_MS
}, async () => {
  let house = await setUp()
  expect(house.protocol.host().known(PHONE)).toBe(false)
  const saved = await save(house.admin, WU)
  if (!saved.saved) throw new Error(JSON.stringify(saved))
  expect(house.protocol.host().known(PHONE)).toBe(true)
  expect(house.protocol.host().kindOf?.(PHONE)).toBe('panicPhone')
  expect(await press(house)).toMatchObject({
    subject: {
      id: saved.id,
      name: '吴秀英',
      phone: '05936650199',
      medicalNote: '心脏支架',
      group: { id: 'g1', members: 3 }
    },
    position: { lat: 27.0322 }
  })
  // The sources page knows it too; by pinyin as by telephone.
  const sources = await json<{ rows: { id: string }[] }>(house.admin.get('/api/sources?text=wxy'))
  expect(sources.rows.map(row => row.id)).toEqual([PHONE])

  const first = await detail(house.admin, saved.id)
  expect(first).toMatchObject({ version: 1, draft: { name: '吴秀英' }, history: [{ version: 1, by: '名 10001' }] })
  const changed = await save(house.admin, { ...first.draft, accessNote: '钥匙在门卫' }, 1)
  expect(changed).toMatchObject({ saved: true, version: 2 })
  const late = await house.admin.post('/api/subjects', { draft: { ...first.draft, name: '别人' }, version: 1 })
  expect(late.status).toBe(409)
  await house.running.stop()

  house = await setUp(house.dir)
  expect(house.protocol.host().known(PHONE)).toBe(true)
  expect(await detail(house.admin, saved.id)).toMatchObject({
    ...{ version: 2, draft: { accessNote: '钥匙在门卫' } },
    history: [{ version: 2, fields: ['accessNote'] }, { version: 1 }]
  })
  const remove = () => json(house.admin.post('/api/subjects/remove', { id: saved.id, version: 2 }))
  // Its press is open, over the restart too: nobody takes the telephone away now.
  expect(await remove()).toMatchObject({ saved: false, faults: [{ field: 'sources', code: 'calling' }] })
  expect(house.protocol.host().known(PHONE)).toBe(true)
  await resolveAll(house.running)
  expect(await remove()).toMatchObject({ saved: true })
  expect(house.protocol.host().known(PHONE)).toBe(false)
  const audit = await json<{ action: string; object: string }[]>(house.admin.get('/api/audit'))
  const said = audit.filter(entry => entry.object === `subject:${saved.id}`).map(entry => entry.action)
  expect(said).toEqual(['subject.remove', 'subject.read', 'subject.save', 'subject.read', 'subject.save'])
  expect(JSON.stringify(audit)).not.toContain('心脏支架')
})

it('what the file lists is changed over it: the first version is kept, its other telephones stay, its own is freed', {
  timeout: TEST_MS
}, async () => {
  const { admin, protocol } = await setUp()
  const { draft, version } = await detail(admin, 'h1')
  expect(version).toBe(0)
  expect(draft.sources.map(each => each.id)).toEqual(['sip:6650147', 'mqtt:linxi/button-01'])
  const sources = draft.sources.filter(each => each.id !== 'sip:6650147')
  expect(await save(admin, { ...draft, sources }, 0)).toMatchObject({ saved: true, version: 1 })
  expect(protocol.host().known(id('sip:6650147'))).toBe(false)
  expect(await save(admin, { ...WU, sources: [{ id: 'sip:6650147', kind: 'panicPhone' }] })).toMatchObject({
    saved: true
  })
  expect((await detail(admin, 'h1')).history.map(each => each.version)).toEqual([1, 0])
})

describe('every fault of a form is named by its field', () => {
  it('and nothing is kept; only an administrator comes here', { timeout: TEST_MS }, async () => {
    const { admin, running } = await setUp()
    const wrong: SubjectDraft = {
      ...{
        kind: 'household',
        name: ' ',
        address: 'x'.repeat(301),
        phone: '六六五',
        groupId: 'g9',
        gridCellId: 'nowhere'
      },
      position: { lat: 0, lon: 0, datum: 'wgs84' },
      consent: { by: '', on: '2026-02-30' },
      contacts: [{ name: '', relation: '', phone: '' }],
      sources: [
        { id: 'sip:6650147', kind: 'panicPhone' },
        { id: 'sip:abc', kind: 'panicPhone' },
        { id: 'box 3', kind: 'alarmBox' }
      ]
    }
    const saved = await save(admin, wrong)
    const faults = saved.saved ? [] : saved.faults.map(({ field, code }) => `${field} ${code}`)
    expect(faults.sort()).toEqual(
      [
        ...['name required', 'address tooLong', 'phone number', 'groupId noGroup', 'gridCellId noCell'],
        ...['position coordinate', 'consent.by required', 'consent.on day', 'contacts.0.name required'],
        ...['contacts.0.phone required', 'sources.0.id taken', 'sources.1.id number', 'sources.2.id source']
      ].sort()
    )
    expect((await find(admin, '')).all).toBe(3)
    const leader = await logIn(running.url, '10008', await running.person('10008', 'leader'), 2)
    expect((await leader.get('/api/subjects?kinds=household')).status).toBe(403)
    expect((await leader.post('/api/subjects', { draft: WU, version: 0 })).status).toBe(403)
    expect((await leader.postText('/api/subjects/import', '姓名')).status).toBe(403)
  })
})

describe('a list from a spreadsheet', () => {
  it('is looked at first, every fault by line and column; then all of it is there, found by pinyin and number', {
    timeout: TEST_MS
  }, async () => {
    const { admin, protocol } = await setUp()
    const head = '姓名,地址,电话,报警号码,纬度,经度,联防组,联系人,同意人,同意日期\n'
    const bad =
      `${head}` +
      '李明,北门街 1 号,6650301,6650301,27.03,119.61,杏花巷第一组,李红/女儿/13800002222,李明,2026/11/1\n' +
      '王芳,,66x,6650147,27.03,,没有的组,王小芳,,\n' +
      '"赵\n六",北门街 3 号,,6650301,north,119.61,,,,\n'
    const faults = await sendList(admin, '/api/subjects/import/preview', bad)
    expect(faults.faults.map(({ line, field, code }) => `${line} ${field} ${code}`).sort()).toEqual(
      [
        ...[
          '3 地址 required',
          '3 报警号码 taken',
          '3 电话 number',
          '3 经度 halfPlace',
          '3 联防组 noGroup',
          '3 联系人 contact'
        ],
        ...['3 联系人 required', '4 纬度 coordinate', '4 报警号码 twice']
      ].sort()
    )
    expect(await sendList(admin, '/api/subjects/import?file=x.csv', bad)).toMatchObject({ faultCount: 9 })
    expect(protocol.host().known(id('sip:6650301'))).toBe(false)

    const shared = `姓名,地址,电话\n孙五,南门街 1 号,6650147\n,,\n孙六,南门街 2 号,6650999\n\n钱七,南门街 3 号,6650999\n,,\n`
    const looks = await sendList(admin, '/api/subjects/import/preview', shared)
    expect(looks).toMatchObject({ rows: 3, added: 3, faultCount: 0 })
    expect(looks.warnings).toEqual([
      { line: 3, field: '', code: 'blank', other: '2' },
      { line: 2, field: '电话', code: 'phoneOf', value: '6650147', other: '陈桂芳' },
      { line: 6, field: '电话', code: 'phoneOf', value: '6650999', other: '孙六' }
    ])

    const good = `${head}${bad.split('\n')[1]}\n陈桂芳,杏花巷 16 号,6650147,6650147;mqtt:linxi/button-01,27.032,119.612,g1,,,\n`
    const looked = await sendList(admin, '/api/subjects/import/preview', good)
    expect(looked).toMatchObject({ rows: 2, added: 1, changed: 0, same: 0 + 1, faultCount: 0 })
    expect(looked.sample).toMatchObject([{ line: 2, change: 'added', name: '李明', sources: 'sip:6650301' }])
    expect(protocol.host().known(id('sip:6650301'))).toBe(false)
    expect(await sendList(admin, '/api/subjects/import?file=x.csv', good)).toMatchObject({ added: 1, faultCount: 0 })
    expect(protocol.host().known(id('sip:6650301'))).toBe(true)
    for (const text of ['lm', '李明', '6650301', 'bmj']) expect((await find(admin, text)).rows[0]?.name).toBe('李明')
    // Read a second time it is nothing new, and what was written out is the same list.
    expect(await sendList(admin, '/api/subjects/import?file=x.csv', good)).toMatchObject({ added: 0, same: 2 })
    const out = await (await admin.get('/api/subjects/export?kinds=household,premises,vehicle')).text()
    expect(out).toContain('李红/女儿/13800002222')
    expect(await sendList(admin, '/api/subjects/import/preview', out)).toMatchObject({
      rows: 5,
      same: 5,
      faultCount: 0
    })
  })

  it('headings that nobody knows, and a file that is none, are said', { timeout: TEST_MS }, async () => {
    const { admin } = await setUp()
    const look = (text: string) => sendList(admin, '/api/subjects/import/preview', text)
    expect((await look('姓名,身份证号\n李明,1')).faults).toMatchObject([
      { line: 1, field: '身份证号', code: 'heading' }
    ])
    expect((await look('地址\n北门街')).faults).toMatchObject([{ line: 1, field: '姓名', code: 'required' }])
    expect((await look('姓名')).faults).toMatchObject([{ code: 'empty' }])
    expect((await look('姓名\n"李明')).faults).toMatchObject([{ line: 2, code: 'quote' }])
  })

  it('20,000 households are taken while alarms pass', { timeout: TEST_MS }, async () => {
    const { admin, protocol, running } = await setUp()
    const lines = Array.from({ length: 20_000 }, (_, n) => `住户${n},北门街 ${n} 号,7${String(n).padStart(6, '0')}`)
    const text = `姓名,地址,报警号码\n${lines.join('\n')}\n`
    const taking = sendList(admin, '/api/subjects/import?file=all.csv', text)
    expect(await press({ protocol, running })).toBeDefined()
    expect(await taking).toMatchObject({ added: 20_000, faultCount: 0 })
    expect(await find(admin, '7019999')).toMatchObject({ all: 20_003, found: 1, rows: [{ name: '住户19999' }] })
  })
})
