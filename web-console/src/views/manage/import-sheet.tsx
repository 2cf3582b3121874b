/** A list from a spreadsheet: what it would do is looked at first, every fault by line and column; then it is taken as a whole. */
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ImportReport } from '../../../../gateway/core/subject-record.ts'
import { refusalText } from '../../i18n/refusal.ts'
import { Button } from '../../ui/parts.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { post } from '../../wire/api.ts'
import { faultText } from './fields.tsx'
import { type FileFault, listText } from './list-file.ts'

/** 20,000 rows are checked in well under a second; a busy machine may need longer. */
const PATIENCE_MS = 120_000
/** As the gateway bounds them (RECORD_LIMITS.importBytes). */
const MOST_MB = 16
const TEMPLATE =
  '\ufeff编号,类别,姓名,地址,电话,报警号码,纬度,经度,坐标系,联防组,网格,说明,病情备注,进门方式,联系人,同意人,同意日期\r\n' +
  ',住户,陈桂芳,杏花巷 16 号,6650147,6650147,27.0320,119.6120,wgs84,,,,高血压,钥匙在门卫,陈小军/儿子/13800001111;陈小梅/女儿/13800002222,陈桂芳,2026-11-01\r\n'

const CAMERA_TEMPLATE =
  '\ufeff编号,名称,性质,产权单位,派出所,国标编码,纬度,经度,坐标系,朝向,视角,网格,覆盖的报警源,设备地址,ONVIF标识,主码流,子码流,传输,红外,声音\r\n' +
  ',杏花巷西口,公共,县公安局,城关派出所,35092200001320000031,27.0318,119.6118,wgs84,90,70,,6650147;6650148,10.0.8.31,,rtsp://10.0.8.31/main,,tcp,是,\r\n'

/** Of what kind of record the list is. */
const LISTS = {
  subjects: { path: '/api/subjects/import', template: TEMPLATE, file: '住户模板.csv' },
  'camera-records': { path: '/api/camera-records/import', template: CAMERA_TEMPLATE, file: '摄像机模板.csv' }
} as const

interface ImportSheetProps {
  readonly of: keyof typeof LISTS
  readonly onClose: () => void
  readonly onDone: () => void
}

export function ImportSheet({ of, onClose, onDone }: ImportSheetProps) {
  const { t } = useTranslation()
  const list = LISTS[of]
  const isCameras = of === 'camera-records'
  const [file, setFile] = useState<{ readonly name: string; readonly text: string }>()
  const [report, setReport] = useState<ImportReport>()
  const [state, setState] = useState<'ready' | 'sending' | 'done'>('ready')
  const [error, setError] = useState<unknown>()
  const [unread, setUnread] = useState<{ readonly name: string; readonly fault: FileFault }>()
  /** Counts the sendings: an answer to an earlier one says nothing of the file that is chosen now. */
  const sendings = useRef(0)
  const send = async (path: string, text: string): Promise<ImportReport | undefined> => {
    const mine = ++sendings.current
    setState('sending')
    setError(undefined)
    try {
      const answer = await post<ImportReport>(path, text, PATIENCE_MS)
      if (mine !== sendings.current) return undefined
      setReport(answer)
      setState('ready')
      return answer
    } catch (failed) {
      if (mine !== sendings.current) return undefined
      setError(failed)
      setState('ready')
      return undefined
    }
  }
  const choose = async (chosen: File | undefined) => {
    if (!chosen) return
    const read = await listText(chosen, MOST_MB * 1024 * 1024)
    // Nothing is taken of which no preview was seen.
    sendings.current += 1
    setReport(undefined)
    setError(undefined)
    setState('ready')
    setUnread(read.ok ? undefined : { name: chosen.name, fault: read.fault })
    setFile(read.ok ? { name: chosen.name, text: read.text } : undefined)
    if (read.ok) await send(`${list.path}/preview`, read.text)
  }
  const take = async () => {
    if (!file) return
    const done = await send(`${list.path}?file=${encodeURIComponent(file.name.slice(0, 120))}`, file.text)
    if (done?.faultCount !== 0) return
    setState('done')
    onDone()
  }
  const changes = report ? report.added + report.changed : 0
  return (
    <Sheet title={t('manage:import')} onClose={onClose}>
      <p className="m">{t(isCameras ? 'manage:camera.importHelp' : 'manage:importHelp')}</p>
      <div className="row g12">
        <label className="btn mng-file">
          {t('manage:file')}
          <input
            type="file"
            accept=".csv,.txt,text/csv"
            onChange={event => {
              void choose(event.target.files?.[0] ?? undefined)
              // The same file, corrected meanwhile, may be chosen again.
              event.target.value = ''
            }}
          />
        </label>
        {file && <span className="n">{file.name}</span>}
        <a
          className="link"
          href={`data:text/csv;charset=utf-8,${encodeURIComponent(list.template)}`}
          download={list.file}
        >
          {t('manage:template')}
        </a>
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
      {report && <Report {...{ report, isCameras }} done={state === 'done'} />}
      {report && report.faultCount === 0 && state !== 'done' && (
        <div className="row g8">
          <Button
            state={state === 'sending' ? 'sending' : 'best'}
            whyNot={changes === 0 ? t('manage:importNothing') : undefined}
            onClick={() => void take()}
          >
            {t(isCameras ? 'manage:camera.importTake' : 'manage:importTake', { n: changes })}
          </Button>
        </div>
      )}
    </Sheet>
  )
}

interface FaultTableProps {
  readonly faults: ImportReport['faults']
  readonly label: string
  readonly head: string
}

function FaultTable({ faults, label, head }: FaultTableProps) {
  const { t } = useTranslation()
  if (faults.length === 0) return null
  return (
    <section className="mng-report" aria-label={label}>
      <table>
        <thead>
          <tr>
            <th className="right">{t('manage:line')}</th>
            <th>{t('manage:column')}</th>
            <th>{head}</th>
            <th>{t('manage:there')}</th>
          </tr>
        </thead>
        <tbody>
          {faults.map(fault => (
            <tr key={`${fault.line} ${fault.field} ${fault.code} ${fault.value ?? ''}`}>
              <td className="n right">{fault.line}</td>
              <td>{fault.field || '–'}</td>
              <td className="t-amb">{faultText(fault, t)}</td>
              <td className="m">{fault.value ?? ''}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

interface ReportProps {
  readonly report: ImportReport
  readonly isCameras: boolean
  readonly done: boolean
}

function Report({ report, isCameras, done }: ReportProps) {
  const { t } = useTranslation()
  const { rows, added, changed, same, faults, faultCount, warnings, sample } = report
  return (
    <>
      <p role="status" className={faultCount > 0 ? 't-amb' : 't-ok'}>
        {faultCount > 0
          ? t('manage:importFaults', { count: faultCount })
          : t(done ? 'manage:importDone' : 'manage:importFine', { rows, added, changed, same })}
      </p>
      <FaultTable
        {...{ faults }}
        label={t('manage:importFaults', { count: faultCount })}
        head={t('manage:whatWrong')}
      />
      {faultCount > faults.length && <p className="m">{t('manage:importMore', { n: faultCount - faults.length })}</p>}
      {warnings.length > 0 && !done && <p className="m">{t('manage:importWarnings')}</p>}
      {!done && (
        <FaultTable {...{ faults: warnings, label: t('manage:importWarnings'), head: t('manage:importWarning') }} />
      )}
      {sample.length > 0 && faultCount > 0 && <p className="m">{t('manage:importKept')}</p>}
      {sample.length > 0 && !done && (
        <section className="mng-report" aria-label={t('manage:importSample')}>
          <table>
            <thead>
              <tr>
                <th className="right">{t('manage:line')}</th>
                <th>{t('manage:change')}</th>
                <th>{t(isCameras ? 'manage:camera.name' : 'manage:nameOf.household')}</th>
                <th>{t(isCameras ? 'manage:camera.station' : 'manage:field.address')}</th>
                <th>{t(isCameras ? 'manage:camera.sources' : 'manage:part.sources')}</th>
              </tr>
            </thead>
            <tbody>
              {sample.map(row => (
                <tr key={row.line}>
                  <td className="n right">{row.line}</td>
                  <td>
                    {t(`manage:changes.${row.change}`)}{' '}
                    <span className="d">
                      {row.fields
                        .split(' ')
                        .filter(Boolean)
                        .map(field => t([`manage:field.${field}`, `manage:part.${field}`, field]))
                        .join(t('common:comma'))}
                    </span>
                  </td>
                  <td>{row.name}</td>
                  <td>{row.address}</td>
                  <td className="n">{row.sources}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </>
  )
}
