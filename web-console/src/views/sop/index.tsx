/** 处置预案: the administrator edits the steps of each kind of incident; saving makes the next version, open incidents keep theirs. */
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SopBook, SopDraft, SopSheet, SopStep } from '../../../../gateway/core/sop.ts'
import { refusalText } from '../../i18n/refusal.ts'
import { useSession } from '../../session.tsx'
import { Button } from '../../ui/parts.tsx'
import { clockText, yearDateText } from '../../ui/time.ts'
import { TopBar } from '../../ui/top-bar.tsx'
import { useUnsaved } from '../../ui/use-unsaved.ts'
import { get, post } from '../../wire/api.ts'
import { SheetTable } from './sheet.tsx'
import { addable, faultOf, kindText, withSheet } from './sheets.ts'
import '../admin/admin.css'
import './sop.css'

export default function SopView() {
  const [book, setBook] = useState<SopBook>()
  const [failed, setFailed] = useState<unknown>()
  const { t } = useTranslation()
  useEffect(() => {
    void get<SopBook>('/api/sop').then(setBook, setFailed)
  }, [])
  return (
    <main className="admin">
      <TopBar />
      {failed !== undefined && <p className="t-red admin-pad">{refusalText(failed, t)}</p>}
      {book && <Editor key={book.version} book={book} saved={setBook} />}
    </main>
  )
}

function Editor({ book, saved }: { readonly book: SopBook; readonly saved: (book: SopBook) => void }) {
  const { t } = useTranslation()
  const { user } = useSession()
  const [sheets, setSheets] = useState(book.sheets)
  const [kind, setKind] = useState(book.sheets[0]?.kind ?? 'default')
  const [failed, setFailed] = useState<unknown>()
  const [sending, setSending] = useState(false)
  const sheet = sheets.find(each => each.kind === kind)
  const fault = faultOf(sheets)
  const unchanged = sheets === book.sheets
  const { asked } = useUnsaved(() => !unchanged)
  const edits = user?.role === 'administrator'
  const save = async () => {
    setSending(true)
    setFailed(undefined)
    const draft: SopDraft = { base: book.version, sheets }
    await post<SopBook>('/api/sop', draft).then(saved, setFailed)
    setSending(false)
  }
  const change = (steps: readonly SopStep[]) => setSheets(before => withSheet(before, { kind, steps }))
  return (
    <div className="admin-body sop">
      <header className="row g16 sop-head">
        <h1>{t('sop:title')}</h1>
        <Version book={book} />
        <span className="grow" />
        {failed !== undefined && (
          <span className="t-red" role="alert">
            {refusalText(failed, t)}
          </span>
        )}
        {asked !== undefined && (
          <span className="t-amb" role="alert">
            {t('sop:leaveAsk')}
          </span>
        )}
        {fault && <span className="t-amb">{t(`sop:fault.${fault.word}`, { kind: kindText(fault.kind, t) })}</span>}
        {edits && (
          <Button
            state={sending ? 'sending' : unchanged || fault ? 'ready' : 'best'}
            whyNot={unchanged ? t('sop:unchanged') : fault ? t('sop:faulty') : undefined}
            onClick={() => void save()}
          >
            {t('sop:save', { version: book.version + 1 })}
          </Button>
        )}
      </header>
      <p className="m">{t('sop:rule')}</p>
      <div className="row g6 sop-kinds">
        {sheets.map(each => (
          <Button
            key={each.kind}
            className="small"
            aria-pressed={each.kind === kind}
            onClick={() => setKind(each.kind)}
          >
            {kindText(each.kind, t)}
          </Button>
        ))}
        {edits && (
          <AddSheet
            sheets={sheets}
            add={added => {
              setSheets(before => [...before, { kind: added, steps: sheet?.steps ?? [] }])
              setKind(added)
            }}
          />
        )}
      </div>
      {sheet && <SheetTable key={kind} sheet={sheet} edits={edits} change={change} />}
    </div>
  )
}

function Version({ book }: { readonly book: SopBook }) {
  const { t } = useTranslation()
  const { i18n } = useTranslation()
  const { site } = useSession()
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  const at = book.atMs > 0 ? `${yearDateText(book.atMs, zone, i18n.language)} ${clockText(book.atMs, zone)}` : ''
  return (
    <span className="m">
      {book.by === '' ? t('sop:shipped') : t('sop:version', { version: book.version, by: book.by, at })}
    </span>
  )
}

/** A new sheet begins as a copy of the one that is looked at. */
function AddSheet({ sheets, add }: { readonly sheets: readonly SopSheet[]; readonly add: (kind: string) => void }) {
  const { t } = useTranslation()
  return (
    <select aria-label={t('sop:add')} value="" onChange={event => event.target.value && add(event.target.value)}>
      <option value="">{t('sop:add')}</option>
      {addable(sheets).map(kind => (
        <option key={kind} value={kind}>
          {kindText(kind, t)}
        </option>
      ))}
    </select>
  )
}
