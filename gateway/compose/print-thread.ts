/** The thread that draws one sheet and ends: fonts are opened and glyphs cut off the main thread, in the words of the screens. */
import { parentPort, workerData } from 'node:worker_threads'
import i18next, { type TFunction } from 'i18next'
import * as en from '../../web-console/src/i18n/en/index.ts'
import { actorText, timelineText } from '../../web-console/src/i18n/timeline.ts'
import * as zh from '../../web-console/src/i18n/zh/index.ts'
import { calledText, describedText, listText, madeBy } from '../../web-console/src/ui/called.ts'
import { motionText } from '../../web-console/src/ui/driving-text.ts'
import { placeText, pointText, spotText, streetText } from '../../web-console/src/ui/place-text.ts'
import { clockText, durationText, limitText, preciseText } from '../../web-console/src/ui/time.ts'
import type { PrintFormat, PrintMark, PrintOrder } from '../core/print.ts'
import { drawn } from '../print/layout.ts'
import { orderSheet } from '../print/order-sheet.ts'
import { retrievalsSheet } from '../print/retrievals-sheet.ts'
import type { Sheet } from '../print/sheet.ts'
import { sheetCsv } from '../print/sheet-csv.ts'
import { shiftSheet } from '../print/shift-sheet.ts'
import type { SheetWords } from '../print/words.ts'
import { reportSheet } from './report-sheet.ts'

export interface PrintTask {
  readonly order: PrintOrder
  readonly mark: PrintMark
  readonly format: PrintFormat
  /** Files of the font's slices. */
  readonly fonts: readonly string[]
}

async function wordsOf({ language, timeZone }: PrintMark): Promise<SheetWords> {
  await i18next.init({
    ...{ lng: language, fallbackLng: 'zh-CN', resources: { 'zh-CN': zh, en }, ns: Object.keys(zh) },
    interpolation: { escapeValue: false }
  })
  const t: TFunction = i18next.t
  const day = new Intl.DateTimeFormat('sv-SE', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
  return {
    say: (key, values) => t(key, values ?? {}),
    line(entry) {
      const { text, said } = timelineText(entry, t)
      return { who: actorText(entry, t), what: said ? `${text}${t('floor:story.said', { said })}` : text }
    },
    place: incident => {
      const { fix } = incident
      const place = placeText(incident, t)
      return fix
        ? t('print:pressedAt', {
            place: [place, motionText(fix, t)].filter(Boolean).join(' · '),
            time: clockText(fix.atMs, timeZone)
          })
        : place
    },
    spot: place => spotText(place, t),
    told: at =>
      t('print:toldAt', {
        place: [streetText(at, t), pointText(at.point), motionText(at, t)].filter(Boolean).join(' · '),
        time: clockText(at.atMs, timeZone)
      }),
    stamp: ms => (ms === undefined ? '' : `${day.format(ms)} ${clockText(ms, timeZone)}`),
    precise: ms => `${day.format(ms)} ${preciseText(ms, timeZone)}`,
    clock: ms => (ms === undefined ? '' : clockText(ms, timeZone)),
    span: ms => durationText(ms, t),
    limit: ms => limitText(ms, t),
    phone: number => number,
    called: named => calledText(named, t),
    described: card => describedText(card, t),
    madeBy: item => madeBy(item, t),
    list: names => listText(names, t)
  }
}

function sheetOf(order: PrintOrder, mark: PrintMark, words: SheetWords): Sheet {
  switch (order.kind) {
    case 'order':
      return orderSheet(order, mark, words)
    case 'shift':
      return shiftSheet(order, mark, words)
    case 'retrievals':
      return retrievalsSheet(order, mark, words)
    case 'report':
      return reportSheet(order, mark, words)
  }
}

async function draw({ order, mark, format, fonts }: PrintTask): Promise<Uint8Array> {
  const sheet = sheetOf(order, mark, await wordsOf(mark))
  return format === 'csv' ? Buffer.from(sheetCsv(sheet)) : drawn(sheet, fonts, mark.atMs)
}

if (parentPort) parentPort.postMessage(await draw(workerData as PrintTask))
