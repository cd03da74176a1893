/** The name under which a browser keeps what it is sent (RFC 6266), also one that is not ASCII (RFC 8187). */
export function attachment(name: string): { readonly 'content-disposition': string } {
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name.toWellFormed()).replaceAll(
    /['()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  const other = plain === name ? '' : `; filename*=UTF-8''${encoded}`;
  return { 'content-disposition': `attachment; filename="${plain}"${other}` };
}
