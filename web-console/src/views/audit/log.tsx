/** 审计日志: every entry by person, action and time; how far its hash chain holds; the same as a file. */
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import type { AuditFound, AuditLine, ChainState } from '../../../../gateway/core/search.ts'
import { useSession } from '../../session.tsx'
import { Table } from '../admin/table.tsx'
import { Filter } from './filter.tsx'
import { More } from './more.tsx'
import { auditDetail, auditObject, auditReason, auditWho } from './say.ts'
import { stampText } from './stamp.ts'
import { queryOf, useSearch } from './use-search.ts'

export function Log() {
  const { t, i18n } = useTranslation()
  const { site } = useSession()
  const found = useSearch<AuditLine, AuditFound>('/api/audit/search')
  const { lines, page, search } = found
  useEffect(() => search({}), [search])
  const zone = site?.timeZone ?? 'Asia/Shanghai'
  const actionText = (action: string) => t([`audit:action.${action}`, action])
  const language = i18n.language === 'en' ? 'en' : 'zh-CN'
  const choices = [
    {
      name: 'action',
      any: t('audit:anyAction'),
      options: (page?.actions ?? []).map(action => [action, actionText(action)] as const)
    },
    {
      name: 'outcome',
      any: t('audit:anyOutcome'),
      options: (['done', 'refused'] as const).map(each => [each, t(`audit:outcome.${each}`)] as const)
    }
  ]
  const columns = ['seq', 'time', 'who', 'action', 'object', 'outcome', 'detail'].map(name => ({
    word: t(`audit:column.${name}`)
  }))
  return (
    <>
      <Filter word={t('audit:findEntry')} choices={choices} busy={found.busy} onSearch={search}>
        {asked => (
          <a className="btn" href={`/api/audit/search.csv?${queryOf({ ...asked, language })}`} download>
            CSV
          </a>
        )}
      </Filter>
      {page && <Chain chain={page.chain} />}
      <Table
        title={t('audit:tab.log')}
        count={lines.length}
        columns={columns}
        empty={found.busy || !page ? t('audit:searching') : t('audit:noEntries')}
      >
        {lines.map(line => (
          <tr key={line.seq}>
            <td className="n">{line.seq}</td>
            <td className="n">{stampText(line.atMs, zone)}</td>
            <td title={line.who}>{auditWho(line.who, t)}</td>
            <td title={line.action}>{actionText(line.action)}</td>
            <td className="audit-words" title={line.object}>
              {line.name ? <Named line={line} name={line.name} /> : auditObject(line.object, t)}
            </td>
            <td className={line.outcome === 'refused' ? 't-amb' : ''}>
              {t(`audit:outcome.${line.outcome}`)}
              {line.reason && <span className="d"> · {auditReason(line.reason, t)}</span>}
            </td>
            <td className="audit-words m">{auditDetail(line, zone, t)}</td>
          </tr>
        ))}
      </Table>
      <More found={found} />
    </>
  )
}

/** The name first; the code beside it tells two of one name apart. */
function Named({ line: { object }, name }: { readonly line: AuditLine; readonly name: string }) {
  const { t } = useTranslation()
  const at = object.indexOf(':')
  return (
    <>
      {auditObject(object.slice(0, at), t)} {name} <span className="d t12 n">{object.slice(at + 1)}</span>
    </>
  )
}

function Chain({ chain }: { readonly chain: ChainState }) {
  const { t } = useTranslation()
  const { checked, newest, brokenAt } = chain
  if (brokenAt !== undefined)
    return (
      <p className="audit-chain t-red" role="alert">
        {t('audit:chain.broken', { n: brokenAt })}
      </p>
    )
  return (
    <p className="audit-chain row g6" role="status">
      <span className={checked === newest ? 'dot' : 'dot amb'} />
      {t(checked === newest ? 'audit:chain.whole' : 'audit:chain.part', { n: checked, of: newest })}
    </p>
  )
}
