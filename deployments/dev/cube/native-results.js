// What Cube's native module does to a query's rows before they leave, written in JavaScript:
// the default, compact and columnar response formats.

const asTime = (value) => {
  if (value === null || value === undefined) return value;
  const text = value instanceof Date ? value.toISOString() : String(value);
  const local = text.replace(' ', 'T').replace(/(Z|[+-]\d\d:?\d\d)$/, '');
  const full = /^\d{4}-\d\d-\d\d$/.test(local) ? `${local}T00:00:00` : local;
  const [seconds, fraction = ''] = full.split('.');
  return `${seconds}.${`${fraction}000`.slice(0, 3)}`;
};

function decode(raw) {
  if (ArrayBuffer.isView(raw) || raw instanceof ArrayBuffer) return JSON.parse(Buffer.from(raw).toString());
  if (!Array.isArray(raw)) return raw;
  const members = raw.length ? Object.keys(raw[0]) : [];
  return { members, columns: members.map((name) => raw.map((row) => row[name])) };
}

function memberColumns(request, alias, values) {
  const member = request.aliasToMemberNameMap[alias];
  const annotation = request.annotation[member];
  if (!annotation) throw new Error(`You requested hidden member: '${alias}'`);
  const column = annotation.type === 'time' ? values.map(asTime) : values;
  const [cube, dimension, grain] = member.split('.');
  const base = `${cube}.${dimension}`;
  const asked = (request.query?.dimensions || []).includes(base);
  return grain && !asked ? [[member, column], [base, column]] : [[member, column]];
}

function namedColumns(request, { members, columns }) {
  const named = members.flatMap((alias, index) => memberColumns(request, alias, columns[index]));
  const [time] = request.query?.timeDimensions || [];
  const height = columns.length ? columns[0].length : 0;
  if (time && request.queryType === 'compareDateRangeQuery') {
    named.push(['compareDateRange', Array(height).fill(time.dateRange.join(' - '))]);
  }
  if (time && request.queryType === 'blendingQuery') {
    const blended = named.find(([name]) => name === `${time.dimension}.${time.granularity}`);
    if (blended) named.push([`time.${time.granularity}`, blended[1]]);
  }
  return { named, height };
}

function shape(request, raw) {
  const { named, height } = namedColumns(request, decode(raw));
  const members = named.map(([name]) => name);
  const row = (index) => named.map(([, column]) => column[index]);
  const rows = Array.from({ length: height }, (_, index) => row(index));
  if (request.resType === 'compact') return { members, dataset: rows };
  if (request.resType === 'columnar') return { members, columns: named.map(([, column]) => column) };
  return rows.map((values) => Object.fromEntries(members.map((name, index) => [name, values[index]])));
}

const encode = (value) => {
  const bytes = Buffer.from(JSON.stringify(value));
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
};

module.exports = {
  getFinalQueryResult: async (request, raw, result) => encode({ ...result, data: shape(request, raw) }),
  getFinalQueryResultMulti: async (requests, raws, response) =>
    encode({
      ...response,
      results: response.results.map((result, index) => ({
        ...result,
        data: shape(requests[index], raws[index]),
      })),
    }),
};
