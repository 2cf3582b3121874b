/** Words: both languages have the same keys and holes, every word of the domain is there, every key that is written in the source exists. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import i18next from 'i18next'
import { beforeAll, describe, expect, it } from 'vitest'
import { API_SCOPES } from '../../../gateway/core/api-token.ts'
import { CALLOUT_ENDS, NEIGHBOUR_STATES } from '../../../gateway/core/callout.ts'
import { CONTACT_ENDS, CONTACT_STATES } from '../../../gateway/core/contact-round.ts'
import { COMMAND_KINDS, COMMAND_RESULTS } from '../../../gateway/core/device-command.ts'
import { ERRORS } from '../../../gateway/core/errors.ts'
import { GRID_DOUBTS, GRID_WRONG } from '../../../gateway/core/grid-wire.ts'
import { DISPOSITIONS, INCIDENT_STATES, NATURES, TIMELINE_KINDS } from '../../../gateway/core/incident.ts'
import { ALARM_CLASSES, SOURCE_KINDS } from '../../../gateway/core/signal.ts'
import { FAULT_CODES } from '../../../gateway/core/subject-record.ts'
import { type CandidateReason, UNIT_CLASSES, UNIT_SKILLS, UNIT_STATES } from '../../../gateway/core/unit.ts'
import type { Notice, UnitCandidate } from '../../../gateway/core/wire.ts'
import { line } from '../testing/samples.ts'
import { pageWord, pathsOf } from '../ui/page-links.tsx'
import { NATURE_KEYS } from '../views/floor/menus/digit-menus.tsx'
import { DISPOSITION_GROUPS } from '../views/floor/menus/resolve-menu.tsx'
import { reasonText } from '../views/floor/panel/candidate-words.ts'
import { Refusal } from '../wire/api.ts'
import * as en from './en/index.ts'
import { noticeText } from './notice.ts'
import {
  CALLOUT_REASONS,
  COMMAND_REASONS,
  GROUP_CALL_REASONS,
  ILLEGAL_REASONS,
  PARTY_REASONS,
  PHONE_VIDEO_REASONS,
  refusalText,
  SHIFT_REASONS,
  TALK_REASONS
} from './refusal.ts'
import { isSilent, timelineText } from './timeline.ts'
import * as zh from './zh/index.ts'

type Words = { readonly [key: string]: string | Words }

/** `area:a.b.c` → text; the forms of a plural count as one key. */
function flat(words: Words, prefix: string): Map<string, string> {
  const all = new Map<string, string>()
  for (const [key, value] of Object.entries(words)) {
    const path = `${prefix}${key}`
    if (typeof value === 'string') all.set(path.replace(/_(?:one|other)$/, ''), value)
    else for (const [inner, text] of flat(value, `${path}.`)) all.set(inner, text)
  }
  return all
}

function whole(language: object): Map<string, string> {
  return new Map(
    Object.entries(language as Record<string, Words>).flatMap(([area, words]) => [...flat(words, `${area}:`)])
  )
}

const ZH = whole(zh)
const EN = whole(en)
const holes = (text: string) => [...new Set(text.match(/\{\{\w+\}\}/g))].sort()

describe('both languages', () => {
  it('have the same keys', () => {
    expect([...EN.keys()].sort()).toEqual([...ZH.keys()].sort())
  })

  it('fill the same holes', () => {
    for (const [key, text] of ZH) expect(holes(EN.get(key) ?? ''), key).toEqual(holes(text))
  })

  it('use the official words', () => {
    for (const [key, text] of ZH) expect(text, key).not.toMatch(/警力|派警|已受理|洪峰|托盘|[！!]/)
  })
})

const REASONS: readonly CandidateReason[] = [
  ...(['nearest', 'ownCell', 'neighbourCell', 'skilled', 'busyLately', 'detour'] as const),
  ...(['stalePosition', 'alone', 'twoFirst', 'declined', 'outsideRule', 'offRota'] as const)
]

describe('every word of the domain', () => {
  it.each(API_SCOPES)('the scope %s of a token', scope => expect(ZH.get(`manage:token.scope.${scope}`)).toBeTruthy())
  it.each([...GRID_WRONG, ...GRID_DOUBTS])('the fault %s of a grid', code =>
    expect(ZH.get(`manage:grid.fault.${code}`)).toBeTruthy()
  )
  it.each(FAULT_CODES)('the fault %s of a form', code => expect(ZH.get(`manage:fault.${code}`)).toBeTruthy())
  const lists: readonly (readonly [string, readonly string[]])[] = [
    ['state', INCIDENT_STATES],
    ['alarmClass', ALARM_CLASSES],
    ['sourceKind', SOURCE_KINDS],
    ['nature', NATURES],
    ['disposition', DISPOSITIONS],
    ['unitState', UNIT_STATES],
    ['unitClass', UNIT_CLASSES],
    ['timeline', TIMELINE_KINDS],
    ['deviceCommand', COMMAND_KINDS],
    ['commandResult', COMMAND_RESULTS],
    ['error', Object.keys(ERRORS)],
    ['error', ['OFFLINE', 'UNKNOWN']],
    ['neighbour', NEIGHBOUR_STATES],
    ['calloutEnd', CALLOUT_ENDS],
    ['contact', CONTACT_STATES],
    ['contactsEnd', CONTACT_ENDS],
    ['party', ['ringing', 'joined', 'left']],
    ['assignment', ['offered', 'enRoute', 'arrived', 'cleared', 'declined', 'expired', 'recalled']],
    ['health', ['connecting', 'live', 'stale', 'offline', 'unauthorized', 'idle']],
    ['candidate', REASONS],
    ['why', REASONS],
    ['unitSkill', UNIT_SKILLS],
    ['role', ['operator', 'leader', 'patrol', 'taxiDispatcher', 'administrator', 'auditor']],
    [
      'notice',
      [
        'storeUnwritable',
        'diskLow',
        'storm',
        'adapterDown',
        'lineShut',
        'workerDown',
        'unknownFlood',
        'terminalsWaiting',
        'shed',
        'backlog',
        'roundMissed',
        'clockAhead',
        'recordingFull',
        'recordingsDown',
        'recordingShort',
        'evidenceStuck'
      ]
    ],
    ['talkWay', ['webrtc', 'websocket']],
    ['wayWhy', ['off', 'noOffer', 'late', 'lost']]
  ]
  for (const [area, members] of lists)
    it(`words:${area}`, () => {
      for (const member of members) expect(ZH.has(`words:${area}.${member}`), member).toBe(true)
    })

  it('names every page of every role', () => {
    for (const role of ['operator', 'leader', 'patrol', 'taxiDispatcher', 'administrator', 'auditor'] as const)
      for (const path of pathsOf(role, true)) expect(ZH.has(pageWord(path)), path).toBe(true)
  })

  it('has its key in the menus of nature and disposition', () => {
    expect(NATURE_KEYS).toEqual(NATURES)
    expect(Object.values(DISPOSITION_GROUPS).flat()).toEqual(DISPOSITIONS)
  })
})

describe('the source', () => {
  const root = fileURLToPath(new URL('..', import.meta.url))
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    file => /\.tsx?$/.test(file) && !file.includes('.test.')
  )
  const used = files.flatMap(file =>
    [...readFileSync(`${root}/${file}`, 'utf8').matchAll(/['"`]([a-z]+:[A-Za-z0-9_.]+)['"`]/g)].map(
      match => match[1] ?? ''
    )
  )
  const areas = new Set(Object.keys(zh))

  it('writes only keys that exist', () => {
    const keys = used.filter(key => areas.has(key.slice(0, key.indexOf(':'))))
    expect(keys.length).toBeGreaterThan(150)
    const known = (key: string) => ZH.has(key) || [...ZH.keys()].some(each => each.startsWith(`${key}.`))
    expect(keys.filter(key => !known(key))).toEqual([])
  })
})

describe('timeline', () => {
  beforeAll(async () => {
    await i18next.init({
      lng: 'zh-CN',
      resources: { 'zh-CN': zh, en },
      ns: Object.keys(zh),
      interpolation: { escapeValue: false }
    })
  })

  it('translates what is a word and keeps what people wrote', () => {
    expect(timelineText(line(1, { kind: 'natureSet', data: { nature: 'violence' } }), i18next.t)).toEqual({
      text: '定性：涉暴力'
    })
    expect(
      timelineText(line(2, { kind: 'declined', data: { unit: '骑巡 18 组', reason: '车坏了' } }), i18next.t)
    ).toEqual({
      text: '骑巡 18 组 不能去',
      said: '车坏了'
    })
    expect(timelineText(line(3, { kind: 'acknowledged', data: { answerMs: 7_600 } }), i18next.t).text).toBe(
      '接警，用时 7.6 秒'
    )
    expect(timelineText(line(4, { kind: 'acknowledged', data: { again: true } }), i18next.t).text).toBe(
      '放回后再次接警'
    )
  })

  it('says in words why nothing was recorded, with the code at the end', () => {
    const told = (data: Readonly<Record<string, string>>) =>
      timelineText(line(1, { kind: 'evidenceFailed', data: { camera: '北门', kind: 'clip', ...data } }), i18next.t)
    const failed = (why: string) => told({ why }).said
    expect(failed('MEDIA_UNAVAILABLE: no picture: the camera does not answer')).toBe(
      '没有画面：摄像机或视频进程无应答 (MEDIA_UNAVAILABLE)'
    )
    expect(failed('spawn failed')).toBe('没有画面')
    expect(failed('the gateway was restarted while recording')).toBe('录制中网关重启')
    expect(told({ soundCodec: 'G.729' })).toEqual({ text: '北门：声音编码 G.729 无法解码，听不到，也没有录音' })
  })

  it('says why the lifecycle refused, for every reason it still gives in these words', () => {
    const core = [
      'core/lifecycle',
      'core/ending',
      'core/feedback',
      'core/sop',
      'core/hand-over',
      'compose/actions',
      'dispatch/dispatch',
      'core/scene',
      'core/callout',
      'core/room-step',
      'core/voice-party',
      'compose/voice-parties'
    ].map(name => readFileSync(new URL(`../../../gateway/${name}.ts`, import.meta.url), 'utf8'))
    for (const [why, word] of Object.entries({ ...ILLEGAL_REASONS, ...CALLOUT_REASONS, ...PARTY_REASONS })) {
      expect(core.join(), why).toContain(`'${why}'`)
      const text = refusalText(new Refusal('ILLEGAL_TRANSITION', 409, '', { why }), i18next.t)
      expect(text).toBe(ZH.get(`words:illegal.${word}`))
    }
    const why = 'after the end a leader changes the result of one under duress'
    expect(refusalText(new Refusal('DURESS_NEEDS_REPORT', 409, '', { why }), i18next.t)).toBe(
      ZH.get('words:illegal.duressResult')
    )
    expect(refusalText(new Refusal('ILLEGAL_TRANSITION', 409, '', { why: 'else' }), i18next.t)).toBe(
      ZH.get('words:error.ILLEGAL_TRANSITION')
    )
  })

  it('says what was ordered of a device, and apart from it what came of that', () => {
    const order = (result: string, detail: string, more = {}) =>
      timelineText(
        line(1, {
          kind: 'deviceCommand',
          data: { source: 'mqtt:linxi/box-03', command: 'siren', result, detail, order: 'o1', ...more }
        }),
        i18next.t
      )
    expect(order('asked', '30 s')).toEqual({ text: '向 linxi/box-03 下指令：鸣响警号', said: '30 s' })
    expect(order('noAnswer', '')).toEqual({ text: 'linxi/box-03 鸣响警号：设备无应答' })
    expect(order('noAnswer', '', { restarted: true })).toEqual({ text: 'linxi/box-03 鸣响警号：无应答：网关中途重启' })
  })

  it('says why an order to a device was refused, for every reason', () => {
    const source = readFileSync(new URL('../../../gateway/compose/device-commands.ts', import.meta.url), 'utf8')
    const refused = [...source.matchAll(/'COMMAND_REFUSED', '([^']+)'/g)].map(([, why = '']) => why)
    expect(refused.length).toBeGreaterThan(3)
    for (const why of refused) expect(Object.keys(COMMAND_REASONS)).toContain(why)
    for (const [why, word] of Object.entries(COMMAND_REASONS)) {
      expect(source, why).toContain(`'${why}'`)
      const text = refusalText(new Refusal('COMMAND_REFUSED', 409, '', { why }), i18next.t)
      expect(text).toBe(ZH.get(`words:illegal.${word}`))
    }
  })

  it('says why a shift was not handed over, for every reason', () => {
    const source = ['shifts', 'follow-ups'].map(name =>
      readFileSync(new URL(`../../../gateway/work/${name}.ts`, import.meta.url), 'utf8')
    )
    for (const [why, word] of Object.entries(SHIFT_REASONS)) {
      expect(source.join(), why).toContain(`'${why}'`)
      expect(refusalText(new Refusal('SHIFT_REFUSED', 409, '', { why }), i18next.t)).toBe(
        ZH.get(`words:illegal.${word}`)
      )
    }
  })

  it('says why a phone does not send its picture, for every reason', () => {
    const source = readFileSync(new URL('../../../gateway/compose/phone-video.ts', import.meta.url), 'utf8')
    for (const [why, word] of Object.entries(PHONE_VIDEO_REASONS)) {
      expect(source, why).toContain(`'${why}'`)
      const text = refusalText(new Refusal('PHONE_VIDEO_REFUSED', 409, '', { why }), i18next.t)
      expect(text).toBe(ZH.get(`words:illegal.${word}`))
    }
  })

  it('says why a group call was refused, for every reason', () => {
    const source = readFileSync(new URL('../../../gateway/compose/group-calls.ts', import.meta.url), 'utf8')
    for (const [why, word] of Object.entries(GROUP_CALL_REASONS)) {
      expect(source, why).toContain(`'${why}'`)
      const text = refusalText(new Refusal('GROUP_CALL_REFUSED', 409, '', { why }), i18next.t)
      expect(text).toBe(ZH.get(`words:illegal.${word}`))
    }
  })

  it('says why a call-back was refused, for every reason, and how one ended', () => {
    const source = readFileSync(new URL('../../../gateway/compose/talk-desk.ts', import.meta.url), 'utf8')
    for (const [why, word] of Object.entries(TALK_REASONS)) {
      expect(source, why).toContain(`'${why}'`)
      const text = refusalText(new Refusal('COMMAND_REFUSED', 409, '', { why }), i18next.t)
      expect(text).toBe(ZH.get(`words:illegal.${word}`))
    }
    const ended = (callEnd: string, seconds: number) =>
      timelineText(line(1, { kind: 'callEnded', data: { callEnd, seconds } }), i18next.t).text
    expect(ended('busy', 0)).toBe('回拨没有接通：占线')
    expect(ended('talked', 42)).toBe('回拨通话 42 秒，已结束')
  })

  it('does not count the groups of a storm that groups nothing', () => {
    const storm = (count: number, groups: number): Notice => ({
      ...{ key: 'storm', code: 'storm', level: 'warning', atMs: 0 },
      data: { count, groups, alarms: 13 }
    })
    expect(noticeText(storm(8, 2), i18next.t)).toContain('8 条并为 2 组')
    expect(noticeText(storm(0, 0), i18next.t)).toBe('报警风暴：十分钟内新警 13 起，P1、P2 逐条显示')
  })

  it('says in words why nothing reaches a sink, and a cause without words as it is', () => {
    const down = (error: string): Notice => ({
      ...{ key: 'sink:city', code: 'sinkDown', level: 'warning', atMs: 0 },
      data: { sink: 'city', error }
    })
    expect(noticeText(down('CERT_HAS_EXPIRED'), i18next.t)).toContain('（对方证书已过期）')
    expect(noticeText(down('EWHATEVER'), i18next.t)).toContain('（EWHATEVER）')
  })

  it('says of a unit how many orders it had, and its skill by its own name', () => {
    const unit = { orders: 2, skill: 'firstAid' } as UnitCandidate
    expect(reasonText(unit, 'busyLately', i18next.t)).toBe('近 2 小时已出警 2 次')
    expect(reasonText(unit, 'skilled', i18next.t)).toBe(i18next.t('words:unitSkill.firstAid'))
  })

  it('says our own words in the language, and what was stored before as it is', () => {
    const opened = (data: Record<string, string>) => line(1, { kind: 'opened', data: { alarmClass: 'panic', ...data } })
    const both = opened({ text: '拨号器来电', textEn: 'A dialler calls' })
    const en = i18next.getFixedT('en')
    expect(timelineText(both, i18next.t).said).toBe('拨号器来电')
    expect(timelineText(both, en).said).toBe('A dialler calls')
    expect(timelineText(opened({ text: '拨号器来电 A dialler calls' }), en).said).toBe('拨号器来电 A dialler calls')
  })

  it('tells a light that went out on our word from a device that reports restore', () => {
    const late = { camera: '闽J·T0637 车载 1', kind: 'photo', count: 1, late: true }
    expect(timelineText(line(1, { kind: 'evidence', data: late }), i18next.t).text).toBe(
      '闽J·T0637 车载 1：照片在归档后收到，已锁定'
    )
    expect(timelineText(line(1, { kind: 'restored', data: {} }), i18next.t).text).toBe('设备报告恢复')
    expect(timelineText(line(1, { kind: 'restored', data: { confirmed: true } }), i18next.t).text).toBe(
      '报警灯已熄（我方确认）'
    )
  })

  it('names a call-back apart from the call, and how long both took one way', () => {
    const sealed = (more: object) =>
      line(1, { kind: 'evidence', data: { camera: '陈桂芳', kind: 'voice', seconds: 190, gapS: 0, ...more } })
    expect(timelineText(sealed({}), i18next.t).text).toBe('陈桂芳：通话录音 3 分 10 秒已锁定')
    expect(timelineText(sealed({ placed: true }), i18next.t).text).toBe('陈桂芳：回拨录音 3 分 10 秒已锁定')
    expect(timelineText(line(1, { kind: 'acknowledged', data: { answerMs: 190_000 } }), i18next.t).text).toBe(
      '接警，用时 3 分 10 秒'
    )
  })

  it('laments no recording where nobody spoke, and does where a long call was silent', () => {
    const why = 'no voice came from the caller'
    const failed = (lastedS?: number) =>
      line(1, {
        kind: 'evidenceFailed',
        data: { camera: '陈桂芳', kind: 'voice', why, ...(lastedS === undefined ? {} : { lastedS }) }
      })
    expect(timelineText(failed(1), i18next.t)).toEqual({ text: '陈桂芳：没有说话就挂断，没有可录的声音' })
    expect(isSilent(failed(1))).toBe(true)
    for (const each of [failed(40), failed()]) {
      expect(timelineText(each, i18next.t)).toEqual({ text: '陈桂芳：通话录音没有录下', said: '来电没有声音传来' })
      expect(isSilent(each)).toBe(false)
    }
  })

  it('says which check a note of the system is', () => {
    const note = (check: string) => line(1, { kind: 'note', data: { check, unit: '巡防 07 车', minutes: 3 } })
    expect(timelineText(note('noMovement'), i18next.t).text).toBe('巡防 07 车 接单后 3 分钟没有移动，请联系')
    expect(timelineText(note('welfare'), i18next.t).text).toContain('是否平安')
  })

  it('leaves no hole open for any kind without data of its own', () => {
    for (const kind of [
      'restored',
      'tested',
      'taken',
      'released',
      'verifying',
      'rangAgain',
      'noUnit',
      'closed',
      'pressed',
      'acknowledged',
      'cancelAsked'
    ] as const)
      expect(timelineText(line(1, { kind }), i18next.t).text, kind).not.toMatch(/\{\{/)
  })
})
