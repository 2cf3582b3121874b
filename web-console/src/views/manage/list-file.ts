/** The text of a chosen file, whatever a spreadsheet or a map program wrote it in; what is no text is told with what to do. */

/** With words in `manage:listFile`. */
export type FileFault = 'nothing' | 'tooBig' | 'workbook' | 'noText' | 'unread'

export type ListText = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly fault: FileFault }

/** First bytes of workbooks: .xlsx (a ZIP file) and .xls. */
const WORKBOOKS = ['504b0304', 'd0cf11e0']

/** UTF-8, UTF-16 ("Unicode text"), else the Chinese encoding of Windows. */
export async function listText(file: Pick<File, 'size' | 'arrayBuffer'>, mostBytes: number): Promise<ListText> {
  if (file.size === 0) return { ok: false, fault: 'nothing' }
  if (file.size > mostBytes) return { ok: false, fault: 'tooBig' }
  let bytes: Uint8Array
  try {
    bytes = new Uint8Array(await file.arrayBuffer())
  } catch {
    // Changed or taken away since it was chosen.
    return { ok: false, fault: 'unread' }
  }
  const head = [...bytes.subarray(0, 4)].map(each => each.toString(16).padStart(2, '0')).join('')
  if (WORKBOOKS.includes(head)) return { ok: false, fault: 'workbook' }
  const wide = head.startsWith('fffe') ? 'utf-16le' : head.startsWith('feff') ? 'utf-16be' : undefined
  if (wide) return { ok: true, text: new TextDecoder(wide).decode(bytes) }
  if (bytes.includes(0)) return { ok: false, fault: 'noText' }
  for (const encoding of ['utf-8', 'gb18030']) {
    try {
      return { ok: true, text: new TextDecoder(encoding, { fatal: true }).decode(bytes) }
    } catch {
      // The next one.
    }
  }
  return { ok: false, fault: 'noText' }
}
