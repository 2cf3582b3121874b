/** A grid file: what it holds and what is wrong with it is looked at first, each fault on a small map; then it takes the place of the old one as a whole. */
import type { TFunction } from 'i18next'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { GridFault, GridReport, GridState } from '../../../../gateway/core/grid-wire.ts'
import { refusalText } from '../../i18n/refusal.ts'
import { Button } from '../../ui/parts.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { post } from '../../wire/api.ts'
import { areaText, countsOf } from './grid.tsx'
import { GridSketch } from './grid-sketch.tsx'
import { type FileFault, listText } from './list-file.ts'
import { useDetail } from './use-detail.ts'

/** Thousands of cells are compared with their neighbours in some seconds; a busy machine may need longer. */
const PATIENCE_MS = 180_000
/** As the gateway bounds it (GRID_LIMITS.bytes). */
const MOST_MB = 40
type Datum = 'wgs84' | 'gcj02'

interface GridImportProps {
  readonly onClose: () => void
  readonly onDone: () => void
}

export function GridImport({ onClose, onDone }: GridImportProps) {
  const { t } = useTranslation()
  /** What was true when this was opened: a file that was looked at against another grid is not taken. */
  const before = useDetail<GridState>('/api/grid/state')
  const [datum, setDatum] = useState<Datum>('wgs84')
  /** Encoded anew, in UTF-8. */
  const [file, setFile] = useState<{ readonly name: string; readonly body: Blob }>()
  const [unread, setUnread] = useState<{ readonly name: string; readonly fault: FileFault }>()
  const [report, setReport] = useState<GridReport>()
  const [state, setState] = useState<'ready' | 'sending'>('ready')
  const [error, setError] = useState<unknown>()
  const [accept, setAccept] = useState(false)
  const send = async (path: string, body: Blob) => {
    setState('sending')
    setError(undefined)
    try {
      const answer = await post<GridReport>(path, body, PATIENCE_MS)
      setReport(answer)
      return answer
    } catch (failed) {
      setError(failed)
      return undefined
    } finally {
      setState('ready')
    }
  }
  const choose = async (chosen: File | undefined) => {
    if (!chosen || state === 'sending') return
    const read = await listText(chosen, MOST_MB * 1024 * 1024)
    setReport(undefined)
    setError(undefined)
    setUnread(read.ok ? undefined : { name: chosen.name, fault: read.fault })
    if (!read.ok) setFile(undefined)
    else look({ name: chosen.name, body: new Blob([read.text], { type: 'application/geo+json' }) }, datum)
  }
  const look = (chosen: NonNullable<typeof file>, on: Datum) => {
    setFile(chosen)
    setDatum(on)
    setAccept(false)
    // Nothing is taken of which no preview was seen.
    setReport(undefined)
    void send(`/api/grid/preview?datum=${on}`, chosen.body)
  }
  const take = async () => {
    if (!file || !before) return
    const query = new URLSearchParams({ datum, version: String(before.version), file: file.name.slice(0, 120) })
    if (accept) query.set('accept', '1')
    const done = await send(`/api/grid/import?${query}`, file.body)
    if (done?.version !== undefined) onDone()
  }
  const isDone = report?.version !== undefined
  const whyNot = !before
    ? t('manage:grid.readingOld')
    : report && report.doubtCount > 0 && !accept
      ? t('manage:grid.acceptFirst')
      : undefined
  const canTake = report && report.wrongCount === 0 && !isDone
  return (
    <Sheet title={t('manage:grid.import')} onClose={onClose}>
      <p className="m">{t('manage:grid.help')}</p>
      <div className="row g12">
        <label className="btn mng-file">
          {t('manage:file')}
          <input
            type="file"
            accept=".geojson,.json,application/geo+json"
            disabled={state === 'sending'}
            onChange={event => {
              void choose(event.target.files?.[0] ?? undefined)
              event.target.value = ''
            }}
          />
        </label>
        {(['wgs84', 'gcj02'] as const).map(each => (
          <label key={each} className="row g6">
            <input
              type="radio"
              name="datum"
              checked={datum === each}
              disabled={state === 'sending' || isDone}
              onChange={() => (file ? look(file, each) : setDatum(each))}
            />
            {each === 'wgs84' ? 'WGS-84' : t('manage:gcj02')}
          </label>
        ))}
        {file && <span className="n el">{file.name}</span>}
        {state === 'sending' && (
          <span className="m" role="status">
            {t('manage:grid.looking')}
          </span>
        )}
      </div>
      {unread && (
        <p className="mng-fault" role="alert">
          {t(`manage:listFile.${unread.fault}`, { name: unread.name, most: MOST_MB })}
        </p>
      )}
      {error !== undefined && (
        <p className="mng-fault" role="alert">
          {refusalText(error, t)}
        </p>
      )}
      {report && <Report report={report} />}
      {canTake && (
        <div className="row g12">
          {report.doubtCount > 0 && (
            <label className="row g6">
              <input type="checkbox" checked={accept} onChange={event => setAccept(event.target.checked)} />
              {t('manage:grid.accept', { n: report.doubtCount })}
            </label>
          )}
          <Button state={state === 'sending' ? 'sending' : 'best'} whyNot={whyNot} onClick={() => void take()}>
            {t('manage:grid.take')}
          </Button>
        </div>
      )}
    </Sheet>
  )
}

function Report({ report }: { readonly report: GridReport }) {
  const { t } = useTranslation()
  const [chosen, setChosen] = useState(0)
  const faults = report.wrongCount > 0 ? report.wrong : report.doubts
  const count = report.wrongCount > 0 ? report.wrongCount : report.doubtCount
  const fault = faults[chosen]
  const said =
    report.version !== undefined
      ? t('manage:grid.taken', { version: report.version })
      : report.wrongCount > 0
        ? t('manage:grid.wrong', { count })
        : report.doubtCount > 0
          ? t('manage:grid.doubts', { count })
          : t('manage:grid.sound')
  return (
    <>
      <p role="status" className={count > 0 && report.version === undefined ? 't-amb' : 't-ok'}>
        {said}
      </p>
      {report.wrongCount === 0 && (
        <p className="n m">
          {t('manage:grid.counts', countsOf(report.levels))} · {t('manage:grid.against', { ...report })}
          {report.unplaced > 0 && ` · ${t('manage:grid.unplaced', { count: report.unplaced })}`}
        </p>
      )}
      {faults.length > 0 && report.version === undefined && (
        <div className="mng-grid-faults">
          <section className="mng-report" aria-label={said}>
            <table>
              <thead>
                <tr>
                  <th className="right">{t('manage:grid.feature')}</th>
                  <th>{t('manage:grid.code')}</th>
                  <th>{t('manage:whatWrong')}</th>
                  <th className="right">{t('manage:grid.area')}</th>
                  <th>{t('manage:grid.place')}</th>
                </tr>
              </thead>
              <tbody>
                {faults.map((each, n) => (
                  <tr
                    key={`${each.code} ${each.cells.join(' ')} ${each.feature} ${each.at?.join()}`}
                    className={n === chosen ? 'chosen' : ''}
                  >
                    <td className="n right">{each.feature ?? '–'}</td>
                    <td className="n">
                      <button type="button" className="link" aria-pressed={n === chosen} onClick={() => setChosen(n)}>
                        {each.cells.join(' / ') || '–'}
                      </button>
                    </td>
                    <td className="t-amb">{gridFaultText(each, t)}</td>
                    <td className="n right">{each.areaM2 === undefined ? '' : areaText(each.areaM2)}</td>
                    <td className="n m">{each.at ? `${each.at[1].toFixed(6)}, ${each.at[0].toFixed(6)}` : ''}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
          {fault && <GridSketch fault={fault} />}
        </div>
      )}
      {count > faults.length && <p className="m">{t('manage:importMore', { n: count - faults.length })}</p>}
    </>
  )
}

function gridFaultText({ code, value = '' }: GridFault, t: TFunction): string {
  return t(`manage:grid.fault.${code}`, { value })
}
