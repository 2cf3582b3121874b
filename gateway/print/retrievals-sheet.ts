/** 调取清单: who looked at or took what was recorded, and why. Pure. */
import { ERRORS } from '../core/errors.ts'
import type { PrintMark, RetrievalsPrint } from '../core/print.ts'
import type { Sheet } from './sheet.ts'
import { frameOf, listed, type SheetWords } from './words.ts'

/** Reasons of the gateway's own; what people wrote stands as it is. */
const BASES = new Set(['public', 'incident'])

function reasonOf(reason: string, { say }: SheetWords): string {
  if (BASES.has(reason)) return say(`print:retrievals.basis.${reason}`)
  return reason in ERRORS ? say(`words:error.${reason}`) : reason
}

export function retrievalsSheet({ list }: RetrievalsPrint, mark: PrintMark, words: SheetWords): Sheet {
  const { say, stamp, clock } = words
  const rows = list.lines.map(line => [
    ...[String(line.seq), stamp(line.atMs), line.who, say(`print:retrievals.action.${line.action}`)],
    ...[words.list(words.madeBy({ cameraName: line.what, cameraNameEn: line.whatEn })), line.incident ?? ''],
    line.fromMs === undefined ? '' : `${stamp(line.fromMs)} – ${clock(line.toMs)}`,
    reasonOf(line.reason ?? '', words),
    ...[line.receiver ?? '', say(`print:retrievals.${line.refused ? 'refused' : 'done'}`)]
  ])
  return {
    ...frameOf(mark, words),
    title: say('print:retrievals.title'),
    subject: list.fromDay === list.toDay ? list.toDay : `${list.fromDay} – ${list.toDay}`,
    landscape: true,
    blocks: [
      ...listed(
        undefined,
        [
          ...([
            ['seq', 3],
            ['time', 5],
            ['retriever', 5],
            ['action', 4],
            ['object', 7],
            ['incident', 4]
          ] as const),
          ...([
            ['span', 6],
            ['reason', 6],
            ['receiver', 4],
            ['outcome', 3]
          ] as const)
        ],
        rows,
        say
      ),
      { kind: 'signatures', names: ['leader', 'receiver', 'date'].map(each => say(`print:signature.${each}`)) }
    ]
  }
}
