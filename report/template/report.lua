-- All writings of the report pass through this filter.

local for_print = FORMAT:match("typst") ~= nil
local for_office = FORMAT == "docx" or FORMAT == "pptx"

-- Text from a notebook or a respondent is data: HTML in it is shown, not obeyed.
local function RawInline(inline)
  if inline.format == "html" then
    if inline.text:match("^<!%-%-") then return {} end
    return pandoc.Str(inline.text)
  end
end

local function RawBlock(block)
  if block.format == "html" then
    if block.text:match("^%s*<!%-%-") then return {} end
    return pandoc.Para({ pandoc.Str(block.text) })
  end
end

local function wrapped(before, content, after)
  local blocks = pandoc.Blocks({ pandoc.RawBlock("typst", before) })
  blocks:extend(content)
  blocks:insert(pandoc.RawBlock("typst", after))
  return blocks
end

local function Div(div)
  if for_office and (div.classes:includes("note") or div.classes:includes("answer")) then
    div.attributes["custom-style"] = "Note"
    return div
  end
  local number = div.attributes.number
  if div.classes:includes("equation") and number then
    if for_print then
      return wrapped('#report-equation("' .. number .. '")[', div.content,
        "] <" .. div.identifier .. ">")
    end
    div.content:insert(pandoc.Plain({ pandoc.Span(number, { class = "equation-number" }) }))
    div.attributes.number = nil
    return div
  end
  if for_print and div.classes:includes("answer") then
    return wrapped("#report-answer[", div.content, "]")
  end
  if for_print and (div.classes:includes("note") or div.classes:includes("takeaways")) then
    return wrapped("#report-note[", div.content, "]")
  end
end

-- A heading is at most one level below the one before, as listeners need it.
local level = 0
local function Header(header)
  if not for_print and FORMAT ~= "docx" then return nil end
  level = math.min(header.level, level + 1)
  header.level = level
  return header
end

local function Span(span)
  if for_office and span.classes:includes("data-note") then
    span.attributes["custom-style"] = "Data Note"
    return span
  end
  if for_print and span.classes:includes("data-note") then
    local inlines = pandoc.Inlines({ pandoc.RawInline("typst", "#data-note[") })
    inlines:extend(span.content)
    inlines:insert(pandoc.RawInline("typst", "]"))
    return inlines
  end
end

-- Links lead to pages, addresses and places of the report; any other is text. Nothing has code.
local leads = { http = true, https = true, mailto = true }

local function disarm(element)
  local armed = {}
  for name in pairs(element.attributes) do
    if name:lower():match("^on") then table.insert(armed, name) end
  end
  for _, name in ipairs(armed) do element.attributes[name] = nil end
  return element
end

local function disarm_link(link)
  local plain = link.target:gsub("[%c%s]", "")
  local scheme = plain:match("^([^/?#]-):")
  local is_safe = not plain:match("^[/\\][/\\]")
  if scheme then is_safe = leads[scheme:lower()] end
  if not is_safe then return link.content end
  return disarm(link)
end

-- Pictures of the report lie in its own folder; of any other there are the words that describe it.
local function disarm_image(image)
  if for_office and image.src:match("^figures/[%w._-]+$") then return disarm(image) end
  return image.caption
end

-- References within the report keep their place; a link without one would stop typst.
local function Link(link)
  if for_print and link.classes:includes("reference") then
    link.classes = {}
    return link
  end
end

-- A table of the report comes as HTML; the cells of its head may span several columns.
local function CodeBlock(code)
  if code.classes:includes("table-html") then return pandoc.read(code.text, "html").blocks end
end

-- Tables written in Markdown get the look of the others.
local function Table(table)
  if for_print or for_office then return nil end
  return pandoc.Div({ table }, { class = "scroll", tabindex = "0", role = "group", ["aria-label"] = "Table" })
end

-- Pictures have twice the dots of a screen; in Word they are as wide as drawn, if the page has room.
local function Image(image)
  if FORMAT ~= "docx" then return nil end
  local _, content = pandoc.mediabag.fetch(image.src)
  local size = pandoc.image.size(content)
  local width = math.min(size.width / 192, 6.6, 8.6 * size.width / size.height)
  image.attributes.width = string.format("%.2fin", width)
  return image
end

-- A listener hears of an equation how TeX writes it.
local function Math(math)
  if not for_print then return nil end
  local written = pandoc.write(pandoc.Pandoc({ pandoc.Plain({ math }) }), "typst"):gsub("%s+$", "")
  local alt = math.text:gsub("\\", "\\\\"):gsub('"', '\\"'):gsub("%s+", " ")
  return pandoc.RawInline("typst", '#spoken("' .. alt .. '", ' .. written .. ");")
end

return {
  {
    Link = disarm_link, Image = disarm_image, Div = disarm, Span = disarm, Header = disarm,
    Code = disarm, CodeBlock = disarm,
  },
  {
    RawInline = RawInline, RawBlock = RawBlock, Div = Div, Header = Header, Span = Span,
    Link = Link, CodeBlock = CodeBlock, Table = Table, Image = Image, Math = Math,
  },
}
