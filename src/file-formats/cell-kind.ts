/** What a cell looks like, to tell a header from data and a delimiter from punctuation. No value is read here. */

export type CellKind = 'blank' | 'number' | 'date' | 'email' | 'url' | 'phone' | 'text';

const number =
  /^[-+(]?[€$£¥]?\s?[-+]?\d{1,3}(?:[.,'\u00a0\u202f ]?\d{3})*(?:[.,]\d+)?(?:[eE][-+]?\d+)?\s?(?:%|€|\$|£|[A-Z]{3})?\)?$|^[-+]?\d+(?:[.,]\d+)?$/;
const date =
  /^(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})|\d{1,2}[- ]\p{L}{3,9}\.?[- ,]+\d{2,4}|\p{L}{3,9}\.? \d{1,2},? \d{4})(?:[T ]\d{1,2}:\d{2}.*)?$|^\d{1,2}:\d{2}(?::\d{2})?(?: ?[ap]m)?$/iu;
const email = /^[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+$/;
const phone = /^(?=(?:\D*\d){7})\+?[\d\s().\u00a0/-]{7,24}$/;
const url = /^(?:https?:\/\/|www\.)\S+$/i;

export function cellKind(text: string): CellKind {
  const trimmed = text.trim();
  if (trimmed === '') return 'blank';
  if (trimmed.length > 60) return url.test(trimmed) ? 'url' : 'text';
  if (number.test(trimmed)) return 'number';
  if (date.test(trimmed)) return 'date';
  if (email.test(trimmed)) return 'email';
  if (url.test(trimmed)) return 'url';
  return phone.test(trimmed) ? 'phone' : 'text';
}
