/** A photo goes before its message, once; what the gateway cannot take is told, what it does not answer waits. */
import { expect, it } from 'vitest'
import type { PatrolCommand } from '../../../../gateway/core/wire.ts'
import { Refusal } from '../../wire/api.ts'
import { emptyOutbox, enqueue, settle } from './outbox.ts'
import { heldPhoto, sendCommands } from './send-commands.ts'

const arrive = { kind: 'arrive', assignmentId: 'a1' } as const
const message = (n: number) =>
  ({
    kind: 'message',
    assignmentId: 'a1',
    id: `message-number-${n}`,
    text: '门已锁',
    photo: heldPhoto(`p${n}`)
  }) as const

function bench(photo: () => Promise<{ readonly photo: string }> = async () => ({ photo: 'photo-1' })) {
  const box = new Map([['p1', new Blob(['x'], { type: 'image/jpeg' })]])
  const sent: PatrolCommand['command'][] = []
  const photos: string[] = []
  const options = {
    box: {
      get: async (id: string) => box.get(id),
      remove: async (id: string) => void box.delete(id)
    },
    commands: async (commands: readonly PatrolCommand[]) => {
      sent.push(...commands.map(each => each.command))
      return commands.map(({ seq }) => ({ seq, outcome: 'done' as const }))
    },
    photo: async (assignmentId: string, _photo: Blob, takenAtMs: number) => {
      photos.push(`${assignmentId} ${takenAtMs}`)
      return photo()
    },
    situationPhoto: async (reportId: string, _photo: Blob, takenAtMs: number) => {
      photos.push(`report ${reportId} ${takenAtMs}`)
      return photo()
    }
  }
  const outbox = [arrive, message(1), { kind: 'clear', assignmentId: 'a1' } as const].reduce(
    (all, command) => enqueue(all, command, 5),
    emptyOutbox('phone')
  )
  return { box, sent, photos, options, outbox }
}

it('keeps the order: what stands before, then the photo with its message, then the rest', async () => {
  const { box, sent, photos, options, outbox } = bench()
  let left = outbox
  while (left.pending.length > 0) left = settle(left, await sendCommands(left.pending, options))
  expect(sent).toEqual([arrive, { ...message(1), photo: 'photo-1' }, { kind: 'clear', assignmentId: 'a1' }])
  expect(photos).toEqual(['a1 5'])
  expect(box.size).toBe(0)
})

it('waits with everything behind it while the gateway does not answer, and keeps the photo', async () => {
  const { box, options, outbox } = bench(async () => Promise.reject(new Refusal('OFFLINE', 0, '')))
  const left = settle(outbox, await sendCommands(outbox.pending, options))
  await expect(sendCommands(left.pending, options)).rejects.toMatchObject({ code: 'OFFLINE' })
  expect([box.size, left.pending.length]).toEqual([1, 2])
})

it('says so when the gateway does not take the photo, or the phone has it no more', async () => {
  const { box, options, outbox } = bench(async () => Promise.reject(new Refusal('MESSAGE_REFUSED', 409, '')))
  const left = settle(outbox, await sendCommands(outbox.pending, options))
  expect(await sendCommands(left.pending, options)).toEqual([{ seq: 2, outcome: 'refused', code: 'MESSAGE_REFUSED' }])
  box.clear()
  expect(await sendCommands(left.pending, options)).toEqual([{ seq: 2, outcome: 'refused', code: 'PHOTO_GONE' }])
})

it('a photo that met another change at the same moment is kept and sent again', async () => {
  let busy = true
  const { box, options, outbox } = bench(async () => {
    if (busy) throw new Refusal('CONFLICT_RETRY', 409, '')
    return { photo: 'photo-1' }
  })
  const left = settle(outbox, await sendCommands(outbox.pending, options))
  await expect(sendCommands(left.pending, options)).rejects.toMatchObject({ code: 'CONFLICT_RETRY' })
  expect(box.size).toBe(1)
  busy = false
  expect(await sendCommands(left.pending, options)).toEqual([{ seq: 2, outcome: 'done' }])
})

const situation = { kind: 'situation', id: 'p1', what: 'fire', text: '', photo: true } as const
const reported = (outcome: 'done' | 'repeated', photo?: () => Promise<{ readonly photo: string }>) => {
  const { options, ...rest } = bench(photo)
  const commands = async (all: readonly PatrolCommand[]) => {
    rest.sent.push(...all.map(each => each.command))
    return all.map(({ seq }) => ({ seq, outcome }))
  }
  const pending = enqueue(emptyOutbox('phone'), situation, 5).pending
  return { ...rest, send: () => sendCommands(pending, { ...options, commands }) }
}

it('a report goes before its photo, which follows by the same id; sent again it is the same report', async () => {
  let isThere = false
  const { send, sent, photos, box } = reported('repeated', async () => {
    if (!isThere) throw new Refusal('CONFLICT_RETRY', 409, '')
    return { photo: 'photo-1' }
  })
  await expect(send()).rejects.toMatchObject({ code: 'CONFLICT_RETRY' })
  expect([sent.length, box.size]).toEqual([1, 1])
  isThere = true
  expect(await send()).toEqual([{ seq: 1, outcome: 'repeated' }])
  expect(sent).toEqual([situation, situation])
  expect(photos.at(-1)).toBe('report p1 5')
  expect(box.size).toBe(0)
})

it('says so when a report was taken and its photo was not', async () => {
  const { send, box } = reported('done', async () => Promise.reject(new Refusal('MESSAGE_REFUSED', 409, '')))
  expect(await send()).toEqual([{ seq: 1, outcome: 'refused', code: 'PHOTO_REFUSED' }])
  expect(box.size).toBe(0)
})
