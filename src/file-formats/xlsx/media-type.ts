/** What a workbook is called over HTTP. */
export const workbookType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
