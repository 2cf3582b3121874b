/** What an account's past makes of its reports: retransmissions, arm state, standing conditions, chattering zones. */
import { describe, expect, it } from 'vitest'
import { type AccountState, firstTime, parseAccount, stepAccount } from './account.ts'
import { decodeReports } from './decode.ts'

const RULE = { after: 3, pauseMs: 1_800_000 }
const T = 1_000_000_000

function play(...steps: readonly (readonly [atS: number, data: string])[]) {
  let state: AccountState = parseAccount(undefined)
  const judged = steps.map(([atS, data], n) => {
    const id = /^\d/.test(data) ? 'ADM-CID' : 'SIA-DCS'
    const frame = { digest: `d${n}`, nowMs: T + atS * 1_000, reports: decodeReports(id, data) }
    const step = stepAccount(state, frame, RULE)
    // As it is stored and read after a restart.
    state = parseAccount(JSON.stringify(step.state))
    return step.judged
      .map(({ onlyRecorded, shutDown }) => onlyRecorded ?? (shutDown ? 'raised, shut down' : 'raised'))
      .join()
  })
  return { state, judged }
}

describe('retransmissions', () => {
  it('are known for ten minutes, over a restart, and forgotten after', () => {
    const { state } = play([0, 'NBA01'], [1, 'NBA02'])
    const burglary = decodeReports('SIA-DCS', 'NBA01')
    expect(firstTime(state, 'd0', T + 599_999, burglary)).toBe(T)
    expect(firstTime(state, 'd1', T + 1_000, burglary)).toBe(T + 1_000)
    expect(firstTime(state, 'd0', T + 600_000, burglary)).toBeUndefined()
    expect(firstTime(state, 'other', T, burglary)).toBeUndefined()
  })

  it('of a call for help are known for a minute: a panel that counts from the start again has been pressed again', () => {
    const { state } = play([0, 'NPA01'], [120, 'NBA02'])
    const panic = decodeReports('SIA-DCS', 'NPA01')
    expect(firstTime(state, 'd0', T + 59_999, panic)).toBe(T)
    expect(firstTime(state, 'd0', T + 60_000, panic)).toBeUndefined()
  })

  it('the memory of one account stays small', () => {
    const { state } = play(
      ...Array.from(
        { length: 200 },
        (_, n) => [n, `1131 ${String(n % 99).padStart(2, '0')} ${String(n).padStart(3, '0')}`] as const
      )
    )
    expect(JSON.stringify(state).length).toBeLessThan(12_000)
    expect(state.recent.length).toBeLessThanOrEqual(24)
  })

  it('what is no state is a new one', () => {
    expect(parseAccount('nonsense')).toEqual(parseAccount(undefined))
  })
})

describe('arm state', () => {
  it('is kept by partition with who did it', () => {
    const { state } = play([0, '3401 01 003'], [1, '1401 02 004'], [2, '3441 03 005'], [3, 'CL7'])
    expect(state.arm).toEqual({
      '01': { state: 'armed', atMs: T, user: '003' },
      '02': { state: 'disarmed', atMs: T + 1_000, user: '004' },
      '03': { state: 'disarmed', atMs: T + 2_000, user: '005' },
      '-': { state: 'armed', atMs: T + 3_000, user: '7' }
    })
    expect(play([0, '1441 01 003']).state.arm['01']?.state).toBe('stay')
  })

  it('filters nothing: panic and 24-hour zones of a disarmed box are raised', () => {
    expect(play([0, '1401 01 003'], [1, '1120 01 001'], [2, '1133 01 002'], [3, 'HA01']).judged.slice(1)).toEqual([
      'raised',
      'raised',
      'raised'
    ])
  })

  it('is told with an alarm of its partition', () => {
    const armed = stepAccount(
      parseAccount(undefined),
      { digest: 'a', nowMs: T, reports: decodeReports('ADM-CID', '3401 01 003') },
      RULE
    )
    const reports = [...decodeReports('ADM-CID', '1131 01 009'), ...decodeReports('ADM-CID', '1131 02 009')]
    const { judged } = stepAccount(armed.state, { digest: 'b', nowMs: T, reports }, RULE)
    expect(judged.map(({ arm }) => arm)).toEqual(['armed', undefined])
  })
})

describe('chatter', () => {
  it('of somebody who proves nothing shuts a zone down for his address alone', () => {
    const reports = decodeReports('ADM-CID', '#1234|1130 01 001')
    const heard = (past: AccountState, n: number, by: string | undefined) =>
      stepAccount(past, { digest: `d${n}${by}`, nowMs: T + n, reports, by }, RULE)
    let state: AccountState = parseAccount(undefined)
    for (let n = 1; n <= 4; n++) state = heard(state, n, '192.0.2.66').state
    expect(heard(state, 5, '192.0.2.66').judged).toMatchObject([{ onlyRecorded: 'swinger' }])
    for (const by of ['192.0.2.1', undefined]) expect(heard(state, 6, by).judged[0]?.onlyRecorded).toBeUndefined()
  })

  it('a burglary zone is shut down after three alarms a minute, and told once', () => {
    const zone = '1131 01 009'
    const { judged } = play([0, zone], [10, zone], [20, zone], [30, zone], [31, '1131 01 010'], [1_821, zone])
    expect(judged).toEqual(['raised', 'raised', 'raised, shut down', 'swinger', 'raised', 'raised'])
  })

  it('three alarms in an hour are no chatter; arming ends a shut-down', () => {
    const zone = '1131 01 009'
    expect(play([0, zone], [1_200, zone], [2_400, zone]).judged).toEqual(['raised', 'raised', 'raised'])
    expect(play([0, zone], [1, zone], [2, zone], [3, '3401 01 001'], [4, zone]).judged.at(-1)).toBe('raised')
  })

  it.each(['1120 01 001', '1121 01 001', '1110 01 001', '1100 01 001', '1151 01 001', 'PA01', 'HA01'])(
    '%s is never shut down',
    data => {
      expect(play(...Array.from({ length: 20 }, (_, n) => [n, data] as const)).judged).toEqual(Array(20).fill('raised'))
    }
  )
})

describe('still present (6)', () => {
  it('is on record when its beginning was heard, and raises when it was not', () => {
    expect(play([0, '1131 01 009'], [60, '6131 01 009']).judged).toEqual(['raised', 'standing'])
    expect(play([0, '6131 01 009']).judged).toEqual(['raised'])
    expect(play([0, '1131 01 009'], [1, '3131 01 009'], [60, '6131 01 009']).judged.at(-1)).toBe('raised')
  })
})
