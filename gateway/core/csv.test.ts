/** CSV as spreadsheets write it: quotes, line breaks inside cells, tabs, the mark of UTF-8; whatever is thrown at it, it answers. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CSV_LIMITS, csvCell, readCsv, unguarded } from './csv.ts'

const rowsOf = (text: string, max = 100) => {
  const read = readCsv(text, max)
  return read.ok ? read.rows.map(({ line, cells }) => [line, ...cells]) : read
}

describe('reading', () => {
  it.each([
    [
      'a,b\r\nc,d\r\n',
      [
        [1, 'a', 'b'],
        [2, 'c', 'd']
      ]
    ],
    [
      '\ufeff姓名,地址\n陈桂芳,杏花巷 16 号',
      [
        [1, '姓名', '地址'],
        [2, '陈桂芳', '杏花巷 16 号']
      ]
    ],
    [
      '杏花巷\u202e16,a\u0007\nb,c',
      [
        [1, '杏花巷16', 'a'],
        [2, 'b', 'c']
      ]
    ],
    [
      'a\tb\nc,1\td',
      [
        [1, 'a', 'b'],
        [2, 'c,1', 'd']
      ]
    ],
    [
      'a;b\n1;2',
      [
        [1, 'a', 'b'],
        [2, '1', '2']
      ]
    ],
    [
      'a,b\n"x ""y"", z", w ',
      [
        [1, 'a', 'b'],
        [2, 'x "y", z', 'w']
      ]
    ],
    // The line of a row is where it begins, also after cells of several lines and empty lines.
    [
      'a,b\n"1\n2",x\n\n\n3,',
      [
        [1, 'a', 'b'],
        [2, '1\n2', 'x'],
        [6, '3', '']
      ]
    ],
    ['a,\n', [[1, 'a', '']]],
    ['', []]
  ])('%j', (text, rows) => expect(rowsOf(text)).toEqual(rows))

  it('a quote without its end, and a list without one, are said with their line', () => {
    expect(rowsOf('a,b\n1,"2\n3,4\n')).toEqual({ ok: false, line: 2, why: 'quote' })
    expect(rowsOf('a\n'.repeat(10), 5)).toMatchObject({ ok: false, why: 'tooMany' })
  })

  it('a line of a million cells, and a cell of a million characters, are read no further', () => {
    expect(rowsOf(`a${','.repeat(1_000_000)}`)).toEqual({ ok: false, line: 1, why: 'cells' })
    expect(rowsOf(`a,b\n1,${'x;'.repeat(CSV_LIMITS.cellChars)}`)).toEqual({ ok: false, line: 2, why: 'tooLong' })
    expect(rowsOf(`a${',b'.repeat(CSV_LIMITS.cells - 1)}`)).toHaveLength(1)
  })

  it('never throws, never hangs', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', ';', '\t', 'a', '陈') }), text => {
        readCsv(text, 50)
      })
    )
  })
})

it('what is written is read again; no spreadsheet runs it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: fc.constantFrom('"', ',', '\n', ';', 'a', '陈') }), { minLength: 2 }),
      cells => {
        const wanted = cells.map(cell => cell.trim())
        fc.pre(wanted.some(cell => cell !== '') && !wanted[0]?.includes('\n'))
        // The heading says what separates.
        const head = wanted.map((_, n) => `h${n}`).join(',')
        const read = readCsv(`${head}\r\n${wanted.map(csvCell).join(',')}\r\n`, 10)
        expect(read.ok && read.rows[1]?.cells).toEqual(wanted)
      }
    )
  )
  expect(csvCell('=HYPERLINK("x")')).toBe('"\'=HYPERLINK(""x"")"')
  for (const number of ['-1.5', '-26', '-.5']) expect(csvCell(number)).toBe(number)
  // Begins with a number and is none; a line end before the sign, and the wide signs of Chinese keyboards.
  for (const formula of ["-1+cmd|' /C calc'!A0", '-2=A1', '－1+1', '＝A1', '＋A1', '＠SUM(A1)'])
    expect([csvCell(formula), unguarded(csvCell(formula))]).toEqual([`'${formula}`, formula])
  expect(csvCell('\r=A1')).toBe('"\'\r=A1"')
})
